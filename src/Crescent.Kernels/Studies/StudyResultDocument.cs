using System.Text.Json.Serialization;
using Crescent.Kernels.Claims;

namespace Crescent.Kernels.Studies;

/// <summary>What a study found, for programs. The unit is the seed: every interval is Student's t over one value a seed. Proportions, not percent; intervals at 95 %.</summary>
public sealed record StudyResultDocument
{
    public int Version { get; init; } = 1;
    public required string Study { get; init; }
    public required string Name { get; init; }
    public required string Question { get; init; }
    public required IReadOnlyList<StudyCellResult> Cells { get; init; }

    /// <summary>Claims across cells, and across arms at equal compute. One family with the claims of the cells: Holm's correction runs over all.</summary>
    public IReadOnlyList<StudyClaim> Claims { get; init; } = [];

    /// <summary>Each cell against the first one, paired by seed. Exploratory: p-values are corrected by Benjamini and Hochberg, and there is no verdict.</summary>
    public required IReadOnlyList<StudyComparison> Comparisons { get; init; }

    /// <summary>Edits of the weights against their controls; exploratory in the same way.</summary>
    public IReadOnlyList<StudyEdit> Edits { get; init; } = [];

    /// <summary>What does not count, or says nothing, with its cause.</summary>
    public IReadOnlyList<StudyOutcome> Outcomes { get; init; } = [];

    /// <summary>Of the experiments that count, work that they share counted once; null without any account.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public StudyCompute? Compute { get; init; }
}

/// <summary>One setting of the study over its seeds.</summary>
public sealed record StudyCellResult
{
    public required string Cell { get; init; }
    public required IReadOnlyList<StudyExperiment> Experiments { get; init; }
    public required IReadOnlyList<StudyQuantity> Quantities { get; init; }

    /// <summary>Holm's correction runs over the claims of the whole study; a verdict needs five seeds.</summary>
    public required IReadOnlyList<ClaimResult> Claims { get; init; }

    /// <summary>The stretch of SFT from which RL helps within all tries, from t intervals over seeds; exploratory. Null with fewer than two seeds at each start.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RecoveryWindow? Window { get; init; }

    /// <summary>Of its experiments that count, work that they share counted once.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public StudyCompute? Compute { get; init; }
}

/// <param name="Phase">Of the experiment; <c>not run</c> where it has not been submitted.</param>
public sealed record StudyExperiment(string Id, ulong Seed, string Phase, bool Counted);

/// <param name="Name">See <see cref="StudyQuantities"/>.</param>
/// <param name="Step">SFT step; null where the quantity has none.</param>
/// <param name="PerSeed">In the order of the seeds that have a value.</param>
/// <param name="Low">Null with fewer than two seeds.</param>
public sealed record StudyQuantity(string Name, int? Step, double Mean, double? Low, double? High, int Seeds, IReadOnlyList<double> PerSeed);

/// <param name="Difference">Of the cell minus the reference, mean over the seeds that both have.</param>
public sealed record StudyComparison(string Cell, string Reference, string Quantity, double Difference, double? Low, double? High, int Seeds, double PValue, double FalseDiscovery);
