using System.Text.Json.Serialization;
using Crescent.Kernels.Accounting;
using Crescent.Kernels.Claims;
using Crescent.Kernels.Evaluation;

namespace Crescent.Kernels.Reports;

/// <summary>
/// Turns an experiment's records into figures, <c>result.json</c> and one self-contained HTML page. Inputs are named by <see cref="ReportPoint.Input"/> and the lists below.
/// Outcome completed: artifacts <c>report.html</c>, <c>result.json</c>, and per figure <c>{name}.svg</c>, <c>{name}.csv</c>, <c>{name}.json</c>.
/// </summary>
public sealed record ReportSpec
{
    public required string Experiment { get; init; }
    public required string Question { get; init; }
    public required ulong Seed { get; init; }
    public required string SpecHash { get; init; }

    /// <summary>The engine that ran the models, for the header: <c>cpu</c>; null: the name that the worker's engine goes by.</summary>
    public string? Engine { get; init; }

    /// <summary>The SFT step at which the primary recovery claims are read; fixed in the spec before the run.</summary>
    public required int ClaimStep { get; init; }

    /// <summary>Smallest differences of the claims, fixed in the spec before the run.</summary>
    public IReadOnlyList<StatedCriterion> Criteria { get; init; } = [];

    /// <summary>The best checkpoint by OOD accuracy on the choosing split.</summary>
    public required int BestStep { get; init; }
    public required int EndStep { get; init; }
    public required EvaluationSpec Evaluation { get; init; }
    public required IReadOnlyList<ReportPoint> Points { get; init; }
    public IReadOnlyList<ReportPair> Spectra { get; init; } = [];
    public IReadOnlyList<ReportPair> Interventions { get; init; } = [];

    /// <summary>What each run has computed.</summary>
    public IReadOnlyList<ReportCompute> Compute { get; init; } = [];
}

/// <param name="Run">Id within the experiment: <c>recovery/300</c>.</param>
public sealed record ReportCompute(string Run, ComputeUse Use)
{
    /// <summary>What the run is for, see <see cref="ComputeRoles"/>; null in documents of training runs alone, which did not say.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Role { get; init; }
}

/// <summary>Where an evaluation record stands in the report.</summary>
/// <param name="Role"><c>sft</c>, <c>recovery</c>, <c>shuffled-reward</c>, <c>both-rules</c>.</param>
/// <param name="Step">The SFT step of the checkpoint, or of the checkpoint that the recovery run started from.</param>
/// <param name="Input">Name of the input that holds the <see cref="EvaluationRecord"/>.</param>
public sealed record ReportPoint(string Role, int Step, string Input);

/// <summary>An analysis of a pair: <c>best</c> to <c>end</c>, <c>end</c> to <c>recovery-300</c>, ...</summary>
public sealed record ReportPair(string From, string To, string Input);
