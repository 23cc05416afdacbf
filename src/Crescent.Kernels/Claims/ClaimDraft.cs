using Crescent.Kernels.Statistics;

namespace Crescent.Kernels.Claims;

/// <summary>Builds results by the one rule: no numbers without a reason to trust them, no verdict without its controls.</summary>
internal sealed record ClaimDraft(ClaimCriterion Criterion)
{
    public ClaimScope Scope { get; init; } = ClaimScope.Run;
    public int Seeds { get; init; } = 1;

    public ClaimResult Unknown(string reason, params IReadOnlyList<string> records) => new()
    {
        Claim = Criterion.Claim,
        Criterion = Criterion.Text,
        SmallestDifference = Criterion.Smallest,
        Scope = Scope,
        Seeds = Seeds,
        Records = records,
        Verdict = Verdict.Inconclusive,
        Reason = reason,
    };

    /// <summary>A paired difference: cluster-robust interval, sign-flip p, and what it would take to see the smallest difference.</summary>
    public ClaimResult Difference(ClusteredSample differences, ulong seed, IReadOnlyList<ClaimControl> controls, IReadOnlyList<string> records)
    {
        var result = Measured(differences.MeanInterval(), differences.Clusters, SignFlipTest.PValue(differences, seed), controls, records);
        return result.Estimate is null ? result : result with { UnitsNeeded = PowerEstimate.UnitsNeeded(Math.Sqrt(differences.VarianceOfMean()), differences.Clusters, Criterion.Smallest) };
    }

    public ClaimResult Measured(Interval interval, int clusters, double? pValue, IReadOnlyList<ClaimControl> controls, IReadOnlyList<string> records)
    {
        if (!double.IsFinite(interval.Low) || !double.IsFinite(interval.High) || !double.IsFinite(interval.Estimate))
        {
            return Unknown($"The interval is unbounded over {(Scope == ClaimScope.Study ? $"{Seeds} seeds" : $"{clusters} clusters")}.", records);
        }

        var verdict = VerdictRule.Of(Criterion.Smallest, interval.Estimate, interval.Low, interval.High, Scope, Seeds, clusters);
        var missed = controls.FirstOrDefault(control => !control.Holds);
        var held = verdict == Verdict.Reproduced && missed is not null ? Verdict.Inconclusive : verdict;
        return new ClaimResult
        {
            Claim = Criterion.Claim,
            Criterion = Criterion.Text,
            SmallestDifference = Criterion.Smallest,
            Estimate = interval.Estimate,
            Low = interval.Low,
            High = interval.High,
            Scope = Scope,
            Seeds = Seeds,
            Clusters = clusters,
            PValue = pValue,
            Controls = controls,
            Records = [.. records.Distinct(StringComparer.Ordinal)],
            Verdict = held,
            Reason = held != Verdict.Inconclusive ? ""
                : verdict == Verdict.Reproduced ? $"The criterion is met, its control is not: {missed!.Criterion}."
                : Scope == ClaimScope.Study && Seeds < VerdictRule.FewestSeeds ? $"Only {Seeds} seeds; {VerdictRule.FewestSeeds} are needed."
                : clusters < VerdictRule.FewestClusters ? $"Only {clusters} clusters; {VerdictRule.FewestClusters} are needed."
                : "The interval allows both the smallest difference that matters and none.",
        };
    }

    /// <summary>The criterion's condition of that name, held against the interval; not held where there is none.</summary>
    public ClaimControl Control(string name, Interval? interval, string unless = "")
    {
        var condition = Criterion.Conditions.First(condition => condition.Name == name);
        return interval is { } found && double.IsFinite(found.Low) && double.IsFinite(found.High)
            ? new ClaimControl(name, condition.Text, found.Estimate, found.Low, found.High, condition.Holds(found.Low, found.High))
            : new ClaimControl(name, condition.Text + unless, null, null, null, false);
    }
}
