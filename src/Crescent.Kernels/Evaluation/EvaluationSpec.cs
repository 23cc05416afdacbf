using System.Text.Json.Serialization;
using Crescent.Kernels.Accounting;
using Crescent.Kernels.Models;
using Crescent.Kernels.Tasks;

namespace Crescent.Kernels.Evaluation;

/// <summary>
/// Greedy evaluation of one checkpoint on both variants, with revision tries. Input <c>checkpoint</c>. The value multisets of each variant are split once by hash, independent of the seed:
/// a quarter for choosing (best checkpoint, best rank), the rest for reporting. Outcome completed: one artifact <c>evaluation.json</c> (<see cref="EvaluationRecord"/>), payload <see cref="EvaluationSummary"/>.
/// </summary>
public sealed record EvaluationSpec
{
    public required ulong Seed { get; init; }
    public required DecoderSpec Model { get; init; }
    public required TaskSpec Task { get; init; }

    /// <summary>Tries an episode may take (verify_iter).</summary>
    public int Tries { get; init; } = 5;

    /// <summary>Different deals (orderings, or cards of equal value) evaluated of each reporting multiset.</summary>
    public int Orderings { get; init; } = 2;

    /// <summary>Different deals of each choosing multiset.</summary>
    public int ChoosingOrderings { get; init; } = 1;

    /// <summary>Share of the reporting multisets used, by hash order; 1: all. At least 200 episodes are always used.</summary>
    public double ReportingShare { get; init; } = 1;

    /// <summary>True: the record keeps what each try said, not the first alone, so that others can judge every verdict again.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool AllAnswers { get; init; }
}

public enum EvaluationVariant
{
    InDistribution,
    OutOfDistribution,

    /// <summary>A further variant that is only evaluated, where the task has one.</summary>
    HeldOut,
}

public enum DealSplit
{
    Choosing,
    Reporting,
}

/// <param name="Cards">What was dealt: ranks 1..13; city, route and waypoint; the entries of a matrix.</param>
/// <param name="Cluster">The values, sorted and joined with '-', or the route: episodes that share it are one cluster.</param>
/// <param name="SolvedAt">The try that solved it, from 1; 0: none did.</param>
/// <param name="Verdicts">Verdict of each try: <c>correct</c>, <c>wrong-value</c>, <c>wrong-numbers</c>, <c>illegal</c>, <c>partial</c>, <c>wrong-recognition</c>.</param>
/// <param name="FirstAnswer">The first try as text, for people.</param>
public sealed record EvaluationEpisode(
    EvaluationVariant Variant, DealSplit Split, int[] Cards, string Cluster, int SolvedAt, string[] Verdicts, string FirstAnswer)
{
    /// <summary>The tries after the first as text; null unless the spec keeps <see cref="EvaluationSpec.AllAnswers"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string[]? LaterAnswers { get; init; }
}

/// <summary>The raw evaluation record: every episode. Every plotted point links to one by hash.</summary>
public sealed record EvaluationRecord(int Tries, IReadOnlyList<EvaluationEpisode> Episodes);

/// <param name="FirstTry">Accuracy at the first try.</param>
/// <param name="WithinTries">Accuracy within all tries.</param>
public sealed record SplitAccuracy(double FirstTry, double WithinTries, int Episodes, int Clusters)
{
    /// <summary>Share of the clusters that are solved whole, where the task asks for it: per-route beside per-step accuracy.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public WholeAccuracy? Whole { get; init; }
}

/// <param name="FirstTry">Share of clusters with every episode solved at the first try.</param>
/// <param name="WithinTries">Share of clusters with every episode solved within all tries.</param>
public sealed record WholeAccuracy(double FirstTry, double WithinTries);

/// <summary>Payload of a finished evaluation; the plan chooses checkpoints by the choosing split only.</summary>
public sealed record EvaluationSummary(
    SplitAccuracy ChoosingInDistribution, SplitAccuracy ChoosingOutOfDistribution, SplitAccuracy ReportingInDistribution, SplitAccuracy ReportingOutOfDistribution)
{
    /// <summary>Null where the task has no held-out variant.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SplitAccuracy? ReportingHeldOut { get; init; }

    /// <summary>Null for evaluations that ended before they counted.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ComputeUse? Compute { get; init; }
}
