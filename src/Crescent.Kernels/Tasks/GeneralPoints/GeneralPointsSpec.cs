using System.Text.Json.Serialization;
using Crescent.Kernels.Evaluation;

namespace Crescent.Kernels.Tasks.GeneralPoints;

/// <summary>
/// GeneralPoints (arXiv 2501.17161): reach a target number with four cards, each used once. The variant trained on is in-distribution, the other out-of-distribution; the axis is the rule.
/// Options at their defaults are left out of the canonical JSON, so that specs without them keep their hashes.
/// </summary>
public sealed record GeneralPointsSpec : TaskSpec
{
    public int Target { get; init; } = 24;
    public FaceRule InDistribution { get; init; } = FaceRule.FacesAsTen;
    public FaceRule OutOfDistribution { get; init; } = FaceRule.FacesAsRanks;

    /// <summary>A reference formula is drawn from the first so many solutions (shortest first, fewest '-' and '/').</summary>
    public int ReferenceSolutions { get; init; } = 4;

    /// <summary>A further rule that is evaluated and never trained on. With faces-as-5-6-7 it is outside the base too, which sees the other two.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FaceRule? HeldOut { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public WordingKind Wording { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public PromptArm Prompts { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public FeedbackKind Feedback { get; init; }

    /// <summary>Tell the beginning of a solution from other illegal formulas, as the original's reward table does.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool PartialCredit { get; init; }

    /// <summary>Judge what is written down of the deal, and before the formula.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Recognition { get; init; }

    /// <summary>Share of the hands (value multisets) that no training deals, base training included, and that alone are evaluated; 0: every hand is both trained on and evaluated.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double HoldOut { get; init; }

    [JsonIgnore]
    public override string Kind => TaskKinds.GeneralPoints;

    [JsonIgnore]
    public override TaskFormat Format => WordingForm().Format;

    [JsonIgnore]
    public override IReadOnlyList<TaskFact> Facts =>
    [
        new("Task", $"GeneralPoints, four cards to {Target}"),
        new("In distribution", InDistribution.Describe()),
        new("Out of distribution", OutOfDistribution.Describe()),
        .. HeldOut is { } rule ? [new TaskFact("Held out", rule.Describe())] : Array.Empty<TaskFact>(),
        .. HoldOut > 0 ? [new TaskFact("Hands", FormattableString.Invariant($"{HoldOut:0.##} of the multisets are only evaluated"))] : Array.Empty<TaskFact>(),
    ];

    /// <summary>The rule of a variant; null for <see cref="EvaluationVariant.HeldOut"/> where none is named.</summary>
    public FaceRule? Rule(EvaluationVariant variant) => variant switch
    {
        EvaluationVariant.InDistribution => InDistribution,
        EvaluationVariant.OutOfDistribution => OutOfDistribution,
        _ => HeldOut,
    };

    /// <summary>The rule that is neither trained on nor out of distribution; <see cref="PromptArm.Rules"/> shows it beside the in-distribution one.</summary>
    internal FaceRule FurtherRule => Enum.GetValues<FaceRule>().First(rule => rule != InDistribution && rule != OutOfDistribution);

    public override ITask Create() => new GeneralPointsTask(this);

    public override IReadOnlyList<SpecProblem> Validate(string path = "task") => GeneralPointsValidation.Validate(this, path);

    internal IWording WordingForm() => Wording == WordingKind.Original ? new TextWording(this) : new TokenWording(this);
}

/// <summary>How prompts and answers are written.</summary>
public enum WordingKind
{
    /// <summary>The compact form: one token a card, a number or an operator.</summary>
    Tokens,

    /// <summary>The sentences of arXiv 2501.17161 and answers in JSON, over a vocabulary of the template's pieces and ASCII characters.</summary>
    Original,
}

/// <summary>What prompts SFT shows: one control arm each for the suspicion that the decline is an artefact of a fixed prompt (arXiv 2510.00237).</summary>
public enum PromptArm
{
    /// <summary>One prompt for every deal.</summary>
    Fixed,

    /// <summary>Six orders of task, rule and cards that mean the same.</summary>
    Layouts,

    /// <summary>Half of the deals follow a further rule, so that the rule in the prompt tells something; the out-of-distribution rule stays unseen.</summary>
    Rules,
}

/// <summary>What a failed try is answered with.</summary>
public enum FeedbackKind
{
    /// <summary>That it failed, and why.</summary>
    Cause,

    /// <summary>Only that it failed: the control for gains that come from not repeating oneself.</summary>
    Blank,
}
