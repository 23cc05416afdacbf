using Crescent.Kernels.Reports;
using Crescent.Kernels.Studies;

namespace Crescent.Kernels.Tests.Studies;

public sealed class StudyComputeTests
{
    [Fact]
    public void Of_CellsThatShareABase_CountsItOnceForTheStudyAndOnceForEachCell()
    {
        var study = Study([Run("a", 1, "base-1", "sft-a"), Run("a", 2, "base-2", "sft-a2"), Run("b", 1, "base-1", "sft-b")]);

        Assert.Equal(100 + 100 + 10 + 10 + 10, study.Compute!.Total.Flops);
        Assert.Equal([("base", 2), ("sft", 3)], study.Compute.Stages.Select(stage => (stage.Stage, stage.Jobs)));
        Assert.Equal([220, 110], study.Cells.Select(cell => cell.Compute!.Total.Flops));
        Assert.Equal(2 * 60, study.Compute.Stages[0].Seconds);
        Assert.Equal(2 * 60, study.Compute.Seconds);
    }

    [Fact]
    public void Of_RunsWithoutJobs_CountEachForItself()
    {
        var study = Study([.. new[] { Run("a", 1, "x", "y"), Run("b", 1, "x", "y") }.Select(run => run with { Jobs = [] })]);

        Assert.Equal(220, study.Compute!.Total.Flops);
        Assert.Null(study.Compute.Seconds);
    }

    [Fact]
    public void Of_RecoveryAndControls_AreStagesOfTheirOwnAndEvaluationsHaveTimeOnly()
    {
        var run = MadeResult.Run("a", 1, MadeResult.Of(1, []) with { Compute = [MadeResult.Compute("recovery/100", 5), MadeResult.Compute("recovery/200", 6), MadeResult.Compute("shuffled-reward/100", 7), MadeResult.Compute("sft", 8)] }) with
        {
            Jobs = [new StudyJob("evaluation/sft-0", "e", 3), new StudyJob("report", "r", null)],
        };

        var stages = Study([run]).Compute!.Stages;

        Assert.Equal([("sft", 8.0, null), ("recovery", 11, null), ("controls", 7, null), ("evaluation", null, 3.0)], stages.Select(stage => (stage.Stage, stage.Use?.Flops, stage.Seconds)));
    }

    [Fact]
    public void Of_NothingCounts_IsNull() => Assert.Null(Study([new StudyRun("e", "a", 1, "failed", null)]).Compute);

    private static StudyRun Run(string cell, ulong seed, string baseJob, string sftJob)
    {
        ReportCompute[] compute = [MadeResult.Compute("base", 100), MadeResult.Compute("sft", 10)];
        return MadeResult.Run(cell, seed, MadeResult.Of(seed, []) with { Compute = compute }) with { Jobs = [new StudyJob("base", baseJob, 60), new StudyJob("sft", sftJob, null)] };
    }

    private static StudyResultDocument Study(IReadOnlyList<StudyRun> runs) => StudyFindings.Of("s1", "study", "Why?", runs);
}
