using Crescent.Kernels.Statistics;

namespace Crescent.Kernels.Claims;

/// <summary>Builds results by the one rule: no numbers without a reason to trust them, no verdict without its control.</summary>
internal sealed record ClaimDraft(string Claim, string Criterion, double Smallest)
{
    public ClaimResult Unknown(string reason, params IReadOnlyList<string> records) => new()
    {
        Claim = Claim,
        Criterion = Criterion,
        SmallestDifference = Smallest,
        Records = records,
        Verdict = Verdict.Inconclusive,
        Reason = reason,
    };

    /// <summary>A paired difference: cluster-robust interval and sign-flip p.</summary>
    public ClaimResult Difference(ClusteredSample differences, ulong seed, ClaimControl? control, IReadOnlyList<string> records) =>
        Measured(differences.MeanInterval(), differences.Clusters, SignFlipTest.PValue(differences, seed), control, records);

    public ClaimResult Measured(Interval interval, int clusters, double? pValue, ClaimControl? control, IReadOnlyList<string> records)
    {
        if (!double.IsFinite(interval.Low) || !double.IsFinite(interval.High) || !double.IsFinite(interval.Estimate))
        {
            return Unknown($"The interval is unbounded over {clusters} clusters.", records);
        }

        var verdict = VerdictRule.Of(Smallest, interval.Estimate, interval.Low, interval.High, ClaimScope.Run, 1, clusters);
        var held = verdict == Verdict.Reproduced && control is { Holds: false } ? Verdict.Inconclusive : verdict;
        return new ClaimResult
        {
            Claim = Claim,
            Criterion = Criterion,
            SmallestDifference = Smallest,
            Estimate = interval.Estimate,
            Low = interval.Low,
            High = interval.High,
            Clusters = clusters,
            PValue = pValue,
            Control = control,
            Records = [.. records.Distinct(StringComparer.Ordinal)],
            Verdict = held,
            Reason = held != Verdict.Inconclusive ? ""
                : verdict == Verdict.Reproduced ? $"The criterion is met, its control is not: {control!.Criterion}."
                : clusters < VerdictRule.FewestClusters ? $"Only {clusters} clusters; {VerdictRule.FewestClusters} are needed."
                : "The interval allows both the smallest difference that matters and none.",
        };
    }

    public static ClaimControl Control(string name, string criterion, ClusteredSample? differences)
    {
        if (differences is null || differences.Clusters < 2)
        {
            return new ClaimControl(name, criterion, null, null, null, false);
        }

        var (estimate, low, high) = differences.MeanInterval();
        return new ClaimControl(name, criterion, estimate, low, high, low > 0);
    }
}
