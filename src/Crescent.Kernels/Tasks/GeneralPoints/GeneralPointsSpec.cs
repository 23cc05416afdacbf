using System.Text.Json.Serialization;

namespace Crescent.Kernels.Tasks.GeneralPoints;

/// <summary>What the face cards J, Q, K count as.</summary>
public enum FaceRule
{
    /// <summary>J, Q and K count as 10.</summary>
    [JsonStringEnumMemberName("faces-as-10")]
    FacesAsTen,

    /// <summary>J, Q and K count as 11, 12 and 13.</summary>
    [JsonStringEnumMemberName("faces-as-11-12-13")]
    FacesAsRanks,
}

/// <summary>GeneralPoints (arXiv 2501.17161): reach a target number with four cards, each used once. The variant trained on is in-distribution, the other out-of-distribution.</summary>
public sealed record GeneralPointsSpec : TaskSpec
{
    public int Target { get; init; } = 24;
    public FaceRule InDistribution { get; init; } = FaceRule.FacesAsTen;
    public FaceRule OutOfDistribution { get; init; } = FaceRule.FacesAsRanks;

    /// <summary>A reference formula is drawn from the first so many solutions (shortest first, fewest '-' and '/').</summary>
    public int ReferenceSolutions { get; init; } = 4;

    [JsonIgnore]
    public override string Kind => TaskKinds.GeneralPoints;

    [JsonIgnore]
    public override TaskFormat Format { get; } = new(Vocabulary.Size, Vocabulary.Bos, Vocabulary.Eos, Dialogue.PromptLength, Dialogue.MaxAnswerLength, Dialogue.FeedbackLength);

    [JsonIgnore]
    public override IReadOnlyList<TaskFact> Facts =>
    [
        new("Task", $"GeneralPoints, four cards to {Target}"),
        new("In distribution", Describe(InDistribution)),
        new("Out of distribution", Describe(OutOfDistribution)),
    ];

    public override ITask Create() => new GeneralPointsTask(this);

    public override IReadOnlyList<SpecProblem> Validate(string path = "task")
    {
        var problems = new SpecProblemList(path);
        var inRange = Target is >= 0 and <= Vocabulary.MaxNumber;
        problems.Require(inRange, "target", $"{Target} has no token; use 0 to {Vocabulary.MaxNumber}.");
        problems.Require(
            !inRange || SolutionBook.For(Target).Hands.Any(hand => hand[^1] <= 10),
            "target",
            $"No hand reaches {Target} under both rules; use another number, 24 for instance.");
        problems.Require(
            InDistribution != OutOfDistribution,
            "outOfDistribution",
            "Is the same rule as inDistribution, so nothing is out of distribution; use the other rule.");
        problems.Require(ReferenceSolutions >= 1, "referenceSolutions", $"{ReferenceSolutions} leaves no formula to show; use at least 1.");
        return problems.Problems;
    }

    private static string Describe(FaceRule rule) => rule == FaceRule.FacesAsTen ? "J, Q, K count as 10" : "J, Q, K count as 11, 12, 13";
}
