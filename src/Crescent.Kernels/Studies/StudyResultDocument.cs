using Crescent.Kernels.Claims;
using Crescent.Kernels.Reports;
using Crescent.Kernels.Statistics;

namespace Crescent.Kernels.Studies;

/// <summary>What a study found, for programs. The unit is the seed: every interval is Student's t over one value a seed. Proportions, not percent; intervals at 95 %.</summary>
public sealed record StudyResultDocument
{
    public int Version { get; init; } = 1;
    public required string Study { get; init; }
    public required string Name { get; init; }
    public required string Question { get; init; }
    public required IReadOnlyList<StudyCellResult> Cells { get; init; }

    /// <summary>Each cell against the first one, paired by seed. Exploratory: p-values are corrected by Benjamini and Hochberg, and there is no verdict.</summary>
    public required IReadOnlyList<StudyComparison> Comparisons { get; init; }
}

/// <summary>One setting of the study over its seeds.</summary>
public sealed record StudyCellResult
{
    public required string Cell { get; init; }
    public required IReadOnlyList<StudyExperiment> Experiments { get; init; }
    public required IReadOnlyList<StudyQuantity> Quantities { get; init; }

    /// <summary>Holm's correction runs over the claims of all cells; a verdict needs five seeds.</summary>
    public required IReadOnlyList<ClaimResult> Claims { get; init; }
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

/// <summary>One experiment as the study reads it.</summary>
/// <param name="Phase">Null: not submitted.</param>
/// <param name="Result">Null where it has left none.</param>
public sealed record StudyRun(string Id, string Cell, ulong Seed, string? Phase, ExperimentResultDocument? Result);
