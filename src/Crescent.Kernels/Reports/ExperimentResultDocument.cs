using System.Text.Json.Serialization;
using Crescent.Kernels.Claims;
using Crescent.Kernels.Interventions;
using Crescent.Kernels.Statistics;

namespace Crescent.Kernels.Reports;

/// <summary>
/// <c>result.json</c>: what an experiment found, for programs. The report kernel writes the findings; whoever ran the experiment adds where its files are, how long it took and on what.
/// Proportions, not percent; angles in radians; intervals at 95 %.
/// </summary>
public sealed record ExperimentResultDocument
{
    public int Version { get; init; } = 2;
    public required string Question { get; init; }
    public required ulong Seed { get; init; }
    public required string SpecHash { get; init; }

    /// <summary>Tries that <c>withinTries</c> allows.</summary>
    public required int Tries { get; init; }
    public required int ClaimStep { get; init; }
    public required int BestStep { get; init; }
    public required int EndStep { get; init; }

    /// <summary>The SFT curve, by rising step, with the recovery from each checkpoint that has one.</summary>
    public required IReadOnlyList<CheckpointResult> Checkpoints { get; init; }

    /// <summary>The stretch of SFT from which RL helps within all tries, with its uncertainty; exploratory. Null without recovery runs.</summary>
    public RecoveryWindow? Window { get; init; }

    /// <summary>How many models' answers on the reporting deals went into this document: each is a look at deals that no choice may use.</summary>
    public int ReportingLooks { get; init; }

    /// <summary>Recovery runs of the controls (shuffled reward, both rules).</summary>
    public required IReadOnlyList<ArmResult> Controls { get; init; }

    /// <summary>Accuracy within 1, 2, ... tries at the checkpoint of the claims and after RL from it.</summary>
    public required IReadOnlyList<TriesResult> AccuracyByTries { get; init; }
    public required IReadOnlyList<MatrixResult> Spectra { get; init; }

    /// <summary>The products of each head, which do not depend on a choice of basis inside it.</summary>
    public IReadOnlyList<MatrixResult> Heads { get; init; } = [];
    public required IReadOnlyList<InterventionEntry> Interventions { get; init; }
    public required IReadOnlyList<ClaimResult> Claims { get; init; }

    /// <summary>What each run has computed, in tokens and FLOPs: training, evaluations, spectra, interventions.</summary>
    public IReadOnlyList<ReportCompute> Compute { get; init; } = [];

    /// <summary>Every artifact of the experiment; null until the experiment's end.</summary>
    public IReadOnlyList<ArtifactEntry>? Artifacts { get; init; }

    /// <summary>Wall time of the whole experiment.</summary>
    public double? Seconds { get; init; }
    public long? PeakMemoryBytes { get; init; }

    /// <summary><c>orleans</c> or <c>stand-in</c>, with its version.</summary>
    public string? Runtime { get; init; }
    public string? Engine { get; init; }
}

public sealed record VariantAccuracy(AccuracyInterval FirstTry, AccuracyInterval WithinTries);

/// <param name="Record">SHA-256 of the evaluation record.</param>
/// <param name="Recovery">Null where no recovery run started here.</param>
public sealed record CheckpointResult(int Step, VariantAccuracy InDistribution, VariantAccuracy OutOfDistribution, RecoveryResult? Recovery, string Record)
{
    /// <summary>The held-out variant; null where the task has none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public VariantAccuracy? HeldOut { get; init; }
}

/// <param name="Gain">Recovered minus start, paired by episode.</param>
/// <param name="Share">OOD gain within all tries over what SFT had lost there since its best checkpoint; ratio of means, Fieller interval; null where nothing has been lost for certain.</param>
public sealed record RecoveryResult(VariantAccuracy InDistribution, VariantAccuracy OutOfDistribution, GainResult Gain, Interval? Share, string Record)
{
    /// <summary>The held-out variant; null where the task has none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public VariantAccuracy? HeldOut { get; init; }
}

/// <summary>Paired differences against the checkpoint that the run started from.</summary>
public sealed record GainResult(VariantGain InDistribution, VariantGain OutOfDistribution)
{
    /// <summary>The held-out variant; null where the task has none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public VariantGain? HeldOut { get; init; }
}

public sealed record VariantGain(DifferenceInterval FirstTry, DifferenceInterval WithinTries);

public sealed record DifferenceInterval(double Difference, double Low, double High, int Episodes, int Clusters);

/// <param name="Role">See <see cref="ReportRoles"/>.</param>
/// <param name="Step">The SFT step that it started from.</param>
public sealed record ArmResult(string Role, int Step, VariantAccuracy InDistribution, VariantAccuracy OutOfDistribution, GainResult Gain, string Record)
{
    /// <summary>The held-out variant; null where the task has none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public VariantAccuracy? HeldOut { get; init; }
}

/// <param name="Tries">Tries allowed.</param>
public sealed record TriesResult(string Role, int Step, int Tries, AccuracyInterval InDistribution, AccuracyInterval OutOfDistribution, string Record)
{
    /// <summary>The held-out variant; null where the task has none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AccuracyInterval? HeldOut { get; init; }
}

/// <summary>One matrix of one pair of checkpoints; each figure beside its null of equal norm.</summary>
public sealed record MatrixResult(
    string From, string To, string Matrix, int Layer, string Part, double RelativeChange, double MedianValueChange, double NullMedianValueChange, double StableRank, double DiagonalShare, IReadOnlyList<RotationResult> Rotations, string Record)
{
    /// <summary>Head of the attention, of the products W_q^T W_k (<c>q-k</c>) and W_o W_v (<c>o-v</c>); null for whole matrices.</summary>
    public int? Head { get; init; }
}

/// <param name="NullMeanAngle">Gaussian change of equal norm, with the range of its draws.</param>
/// <param name="HaarMeanAngle">Haar-rotated change of equal norm.</param>
/// <param name="UnrelatedMeanAngle">Two unrelated subspaces.</param>
public sealed record RotationResult(
    double RankShare, int K, double MeanAngle, double NullMeanAngle, double NullLow, double NullHigh, double HaarMeanAngle, double UnrelatedMeanAngle, bool BelowRounding);

/// <summary>One edit of one pair, with its unedited ends and its controls.</summary>
/// <param name="Tries">Tries that <c>withinTries</c> allows in this entry.</param>
/// <param name="Rollback">The target moved straight back to the source by the same norm.</param>
/// <param name="RandomDirections">Random directions of the same norm, over all draws; null where the edit has no such control.</param>
public sealed record InterventionEntry(
    string From,
    string To,
    InterventionEdit Edit,
    int Tries,
    double ChangeNorm,
    double FullNorm,
    double RollbackScale,
    bool Saturated,
    EditAccuracy Source,
    EditAccuracy Target,
    EditAccuracy Edited,
    EditAccuracy Rollback,
    EditAccuracy? RandomDirections,
    string Record)
{
    /// <summary>Gaussian changes of the same norm, over all draws; null where there are none.</summary>
    public EditAccuracy? GaussianChanges { get; init; }

    /// <summary>Steps towards the source inside random subspaces, of the same norm, over all draws; null where there are none.</summary>
    public EditAccuracy? RandomSubspaces { get; init; }
}

public sealed record EditAccuracy(VariantAccuracy InDistribution, VariantAccuracy OutOfDistribution);

public sealed record ArtifactEntry(string Kind, string Name, string Sha256, long Bytes, string Path);

/// <summary>Where an evaluation stands in a report.</summary>
public static class ReportRoles
{
    public const string Sft = "sft";
    public const string Recovery = "recovery";

    /// <summary>Negative control: the rewards are shuffled.</summary>
    public const string ShuffledReward = "shuffled-reward";

    /// <summary>Positive control: both rules in RL.</summary>
    public const string BothRules = "both-rules";

    public static IReadOnlyList<string> All { get; } = [Sft, Recovery, ShuffledReward, BothRules];

    /// <summary>A role in words.</summary>
    public static string Label(string role) => role switch
    {
        Sft => "SFT",
        Recovery => "RL",
        ShuffledReward => "RL, shuffled reward",
        BothRules => "RL, both rules",
        _ => role,
    };
}
