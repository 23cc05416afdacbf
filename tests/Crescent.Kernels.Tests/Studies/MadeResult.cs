using Crescent.Kernels.Accounting;
using Crescent.Kernels.Claims;
using Crescent.Kernels.Reports;
using Crescent.Kernels.Statistics;
using Crescent.Kernels.Studies;

namespace Crescent.Kernels.Tests.Studies;

/// <summary>Results of experiments made by hand, in the few numbers that a study reads.</summary>
internal static class MadeResult
{
    /// <summary>Best at step 100, claims at 100, end at 200 unless the curve says otherwise.</summary>
    /// <param name="curve">Step, ID and OOD accuracy, at the first try and within all tries alike.</param>
    /// <param name="recovered">OOD accuracy after RL, by the step that it starts from.</param>
    public static ExperimentResultDocument Of(ulong seed, (int Step, double Id, double Ood)[] curve, params (int Step, double Ood)[] recovered) => new()
    {
        Question = "Why?",
        Seed = seed,
        SpecHash = "hash",
        Tries = 5,
        ClaimStep = 100,
        BestStep = 100,
        EndStep = curve.Length == 0 ? 200 : curve[^1].Step,
        Checkpoints = [.. curve.Select(point => Checkpoint(point, recovered))],
        Controls = [],
        AccuracyByTries = [],
        Spectra = [],
        Interventions = [],
        Claims = [],
    };

    public static StudyRun Run(string cell, ulong seed, ExperimentResultDocument? result, StudySetting? setting = null) => new($"{cell}-{seed}", cell, seed, "succeeded", result) { Setting = setting };

    public static StudySetting Setting(string objective = "sft", int tries = 5, string besidesObjective = "o", string besidesTries = "t") => new(objective, tries, besidesObjective, besidesTries, []);

    public static ReportCompute Compute(string run, double flops) => new(run, new ComputeUse(1000, 0, 0, flops));

    /// <summary>Accuracies within 1, 2, ... tries at the step of the claims: <paramref name="before"/> RL, and after it a gain at each.</summary>
    public static ExperimentResultDocument WithTries(this ExperimentResultDocument result, int most, double before, Func<int, double> gain) => result with
    {
        Tries = most,
        AccuracyByTries =
        [
            .. Enumerable.Range(1, most).Select(tries => new TriesResult(ReportRoles.Sft, 100, tries, Accuracy(0.9), Accuracy(before), "before")),
            .. Enumerable.Range(1, most).Select(tries => new TriesResult(ReportRoles.Recovery, 100, tries, Accuracy(0.9), Accuracy(before + gain(tries)), "after")),
        ],
    };

    public static VariantAccuracy Both(double value) => new(Accuracy(value), Accuracy(value));

    public static AccuracyInterval Accuracy(double value) => new(value, Math.Max(0, value - 0.01), Math.Min(1, value + 0.01), 100, 50);

    public static DifferenceInterval Difference(double value) => new(value, value - 0.02, value + 0.02, 100, 50);

    public static VariantGain Gain(double value) => new(Difference(value), Difference(value));

    public static IReadOnlyList<ClaimResult> Forgets(double lost) =>
    [
        new ClaimResult
        {
            Claim = ClaimCriteria.Forgets, Criterion = "c", SmallestDifference = 0.05, Estimate = lost, Low = lost - 0.01, High = lost + 0.01, Clusters = 100, Verdict = Verdict.Reproduced,
            Controls = [new ClaimControl("in-distribution-gain", "c", 0.2 + lost, 0.1, 0.3, true)],
        },
    ];

    private static CheckpointResult Checkpoint((int Step, double Id, double Ood) point, (int Step, double Ood)[] recovered)
    {
        var found = recovered.Where(run => run.Step == point.Step).Select(run => run.Ood).ToList();
        return new CheckpointResult(
            point.Step, Both(point.Id), Both(point.Ood),
            found.Count == 0 ? null : new RecoveryResult(Both(point.Id), Both(found[0]), new GainResult(Gain(0), Gain(found[0] - point.Ood)), null, $"rl-{point.Step}"),
            $"sft-{point.Step}");
    }
}
