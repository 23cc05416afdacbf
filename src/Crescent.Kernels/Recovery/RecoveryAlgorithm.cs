using Crescent.Kernels.Objectives;

namespace Crescent.Kernels.Recovery;

public enum AdvantageKind
{
    /// <summary>(R - mean) / (deviation + epsilon) of what is compared.</summary>
    Standardised,

    /// <summary>R - mean.</summary>
    Centred,

    /// <summary>R - mean of the others.</summary>
    LeaveOneOut,

    /// <summary>By a critic.</summary>
    Estimated,
}

/// <summary>An algorithm by name: what distinguishes it, and what its options are where a spec leaves them open.</summary>
/// <param name="OneRatioASequence">The ratio is the sequence's, the geometric mean of its tokens'.</param>
/// <param name="SamplingRounds">Rounds of deals at most, to find groups that are not all alike; 1: whatever comes.</param>
public sealed record RecoveryAlgorithm(
    string Name,
    AdvantageKind Advantage,
    double ClipLow = 0.2,
    double ClipHigh = 0.2,
    LengthNormalisation Length = LengthNormalisation.TokenMean,
    bool OneRatioASequence = false,
    int SamplingRounds = 1)
{
    public static IReadOnlyList<RecoveryAlgorithm> All { get; } =
    [
        new("ppo", AdvantageKind.Estimated),
        new("grpo", AdvantageKind.Standardised),
        new("dr-grpo", AdvantageKind.Centred, Length: LengthNormalisation.MaxLength),
        new("rloo", AdvantageKind.LeaveOneOut),
        new("dapo", AdvantageKind.Standardised, ClipHigh: 0.28, SamplingRounds: 4),
        new("gspo", AdvantageKind.Standardised, ClipLow: 3e-4, ClipHigh: 4e-4, OneRatioASequence: true),
    ];

    public static IEnumerable<string> Names => All.Select(algorithm => algorithm.Name);

    /// <summary>Null: there is no algorithm of that name.</summary>
    public static RecoveryAlgorithm? Find(string name) => All.FirstOrDefault(algorithm => algorithm.Name == name);

    public bool HasCritic => Advantage == AdvantageKind.Estimated;

    /// <summary>The algorithm with a spec's options in place of its own.</summary>
    /// <exception cref="CrescentException"><c>spec-invalid</c>: there is no algorithm of that name.</exception>
    public static RecoveryAlgorithm Of(RecoverySpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var own = Find(spec.Algorithm) ?? throw new CrescentException("spec-invalid", $"algorithm: '{spec.Algorithm}' is unknown; use one of {string.Join(", ", Names)}.");
        return own with
        {
            ClipLow = spec.ClipLow ?? own.ClipLow,
            ClipHigh = spec.ClipHigh ?? own.ClipHigh,
            Length = spec.LengthNormalisation ?? own.Length,
            SamplingRounds = spec.SamplingRounds ?? own.SamplingRounds,
            Advantage = spec.DivideByDeviation is { } divide ? divide ? AdvantageKind.Standardised : AdvantageKind.Centred : own.Advantage,
        };
    }

    /// <summary>Returns that may be compared to their advantages.</summary>
    public double[] Compare(IReadOnlyList<double> returns, double epsilon) => Advantage switch
    {
        AdvantageKind.Centred => Advantages.Centre(returns),
        AdvantageKind.LeaveOneOut => Advantages.LeaveOneOut(returns),
        _ => Advantages.Normalise(returns, epsilon),
    };

    /// <summary>The loss of an update.</summary>
    public IObjective Objective(RecoverySpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var clip = new ClippedPolicy(ClipLow, ClipHigh, spec.DualClip ?? double.PositiveInfinity);
        List<IObjective> terms = [OneRatioASequence || (HasCritic && spec.Ppo.Action == PolicyAction.Turn) ? new SequencePolicy(clip) : clip];
        if (spec.Kl.Place == KlPlace.Loss)
        {
            terms.Add(new KlPenalty(spec.Kl.Estimator, spec.Kl.Beta, spec.Kl.Clamp));
        }

        if (spec.EntropyBonus != 0)
        {
            terms.Add(new EntropyBonus(spec.EntropyBonus));
        }

        if (HasCritic)
        {
            terms.Add(new ValueLoss(spec.Ppo.ValueCoefficient, spec.Ppo.ValueClip ?? double.PositiveInfinity, spec.Ppo.ReachesTrunk));
        }

        return new ObjectiveSum(terms);
    }
}
