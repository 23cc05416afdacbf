using Crescent.Kernels.Reports;

namespace Crescent.Kernels.Studies;

/// <summary>What does not count, or says nothing although it counts, each with its cause: nothing drops out of a study silently.</summary>
/// <param name="Kind"><c>not-run</c>, <c>under-way</c>, <c>cancelled</c>, <c>failed</c>, <c>no-result</c>; of experiments that count: <c>empty</c>, <c>saturated</c>, <c>diverged</c>.</param>
public sealed record StudyOutcome(string Cell, ulong Seed, string Experiment, string Kind, string Cause);

internal static class StudyOutcomes
{
    public static IReadOnlyList<StudyOutcome> Of(IReadOnlyList<StudyCell> cells) =>
    [
        .. from cell in cells
           from run in cell.Runs
           from found in run.Counts ? OfResult(run.Result!) : [(Kind(run), run is { Phase: "failed", Error: { } error } ? error : Sentence(WhyNot(run)))]
           select new StudyOutcome(cell.Name, run.Seed, run.Id, found.Kind, found.Cause),
    ];

    /// <summary>Why an experiment does not count, in words that go on a sentence.</summary>
    public static string WhyNot(StudyRun? run) => Kind(run) switch
    {
        "not-run" => "has not run",
        "failed" => run!.Error is { } error ? $"failed: {error.TrimEnd('.')}" : "failed",
        "cancelled" => "was cancelled",
        "no-result" => "has left no result",
        _ => "is still under way",
    };

    private static string Kind(StudyRun? run) => run?.Phase switch
    {
        null => "not-run",
        "failed" => "failed",
        "cancelled" => "cancelled",
        "succeeded" => "no-result",
        _ => "under-way",
    };

    private static IEnumerable<(string Kind, string Cause)> OfResult(ExperimentResultDocument result)
    {
        var accuracies = result.Checkpoints.SelectMany(checkpoint => new[] { checkpoint.OutOfDistribution.WithinTries }.Concat(checkpoint.Recovery is { } recovery ? [recovery.OutOfDistribution.WithinTries] : [])).ToList();
        if (StudyCell.Saturated(accuracies) is { } saturated)
        {
            var empty = accuracies.All(found => found.Episodes == 0);
            yield return (empty ? "empty" : "saturated", empty ? saturated : FormattableString.Invariant($"Out of distribution every model solves {(accuracies[0].Accuracy == 1 ? "all" : "none")} of the deals within {result.Tries} tries; differences of 0 there say nothing."));
        }

        if (result.Checkpoints.Count > 1 && result.Checkpoints[^1].InDistribution.FirstTry is var last && result.Checkpoints[0].InDistribution.FirstTry is var first && last.High < first.Low)
        {
            yield return ("diverged", FormattableString.Invariant($"SFT ends at {last.Accuracy:0.###} in distribution, below its start at {first.Accuracy:0.###}: its training has diverged. Lower sft.learningRate.peak."));
        }
    }

    private static string Sentence(string words) => words switch
    {
        ['h', 'a', 's', ..] or ['w', 'a', 's', ..] or ['i', 's', ..] => $"It {words}.",
        _ => $"{char.ToUpperInvariant(words[0])}{words[1..]}.",
    };
}
