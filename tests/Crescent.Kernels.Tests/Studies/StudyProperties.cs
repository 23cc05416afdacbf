using Crescent.Kernels.Jobs;
using Crescent.Kernels.Reports;
using Crescent.Kernels.Studies;
using FsCheck;
using FsCheck.Fluent;

namespace Crescent.Kernels.Tests.Studies;

/// <summary>What holds of the conclusions of a study whatever its experiments found.</summary>
public sealed class StudyProperties
{
    private static readonly Gen<ExperimentResultDocument> Results =
        from points in (from id in Gen.Choose(0, 100) from ood in Gen.Choose(0, 100) select (id / 100.0, ood / 100.0)).ArrayOf(5)
        from gain in Gen.Choose(-20, 20)
        from start in Gen.Elements(0, 100, 200)
        from flops in Gen.Choose(0, 300)
        select MadeResult.Of(1, [.. points.Select((point, i) => (100 * i, point.Item1, point.Item2))], (start, Math.Clamp(points[start / 100].Item2 + (gain / 100.0), 0, 1))) with
        {
            Compute = [MadeResult.Compute("base", 500), MadeResult.Compute("sft", 200), MadeResult.Compute(FormattableString.Invariant($"recovery/{start}"), flops)],
        };

    [Fact]
    public void AtMatchedAccuracy_TheOtherWayRound_ChangesItsSign() => Prop.ForAll(
        (from one in Results from other in Results select (one, other)).ToArbitrary(),
        pair =>
        {
            var (there, back) = (ObjectiveComparison.AtMatchedAccuracy(pair.one, pair.other, out var cause), ObjectiveComparison.AtMatchedAccuracy(pair.other, pair.one, out _));
            return there is null ? back is null && cause.Length > 0 : Math.Abs(there.Value + back!.Value) < 1e-12;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Fact]
    public void Of_RunsInAnyOrder_ConcludesTheSame() => Prop.ForAll(
        (from results in Results.ArrayOf(6) from order in Gen.Shuffle(Enumerable.Range(0, 6).ToArray()) select (results, order)).ToArbitrary(),
        drawn =>
        {
            StudyRun[] runs = [.. drawn.results.Select((result, i) => MadeResult.Run(i < 3 ? "sft" : "eksft", (ulong)(i % 3), result, MadeResult.Setting(i < 3 ? "sft" : "eksft")))];
            return Write(runs) == Write([.. drawn.order.Select(i => runs[i]).OrderByDescending(run => run.Cell, StringComparer.Ordinal)]);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20));

    [Fact]
    public void Compute_WorkThatIsShared_LeavesTheStudyBetweenItsLargestCellAndTheirSum() => Prop.ForAll(
        (from results in Results.ArrayOf(6) from keys in Gen.Choose(0, 3).ArrayOf(6) select (results, keys)).ToArbitrary(),
        drawn =>
        {
            var study = StudyFindings.Of("s", "n", "q", [.. drawn.results.Select((result, i) => MadeResult.Run($"cell {i % 3}", (ulong)i, result) with { Jobs = [new StudyJob("base", FormattableString.Invariant($"base-{drawn.keys[i]}"), 1)] })]);
            var cells = study.Cells.Select(cell => cell.Compute!.Total.Flops).ToList();
            return study.Compute!.Total.Flops >= cells.Max() && study.Compute.Total.Flops <= cells.Sum() + 1e-6;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(30));

    private static string Write(IReadOnlyList<StudyRun> runs) => JobJson.Write(StudyFindings.Of("s", "n", "q", runs));
}
