namespace Crescent.Kernels.Tasks.GeneralPoints;

/// <summary>The compact form of <see cref="Dialogue"/>. Exercises: <c>bos MAP RULE c c c c sep</c> -> <c>n n n n eos</c>, <c>bos EVAL expression sep</c> -> <c>n eos</c>, <c>bos SOLVE n n n n sep</c> -> <c>formula = target eos</c>.</summary>
internal sealed class TokenWording(GeneralPointsSpec task) : IWording
{
    public TaskFormat Format { get; } = new(
        NeedsExtension(task) ? Vocabulary.ExtendedSize : Vocabulary.Size, Vocabulary.Bos, Vocabulary.Eos, Dialogue.PromptLength, Dialogue.MaxAnswerLength, Dialogue.FeedbackLength) { Separator = Vocabulary.Sep };

    public string Text(ReadOnlySpan<int> tokens) => Vocabulary.Text(tokens);

    public int[] Prompt(Deal deal, int layout = 0) => Dialogue.Prompt(deal, layout);

    public int[] Answer(Deal deal, int[] numbers, int[] formula) => Dialogue.Answer(numbers, formula, task.Target);

    public int[] Feedback(Verdict verdict) => task.Feedback == FeedbackKind.Blank ? [Vocabulary.Fail, Vocabulary.Sep] : Dialogue.Feedback(verdict);

    public Judgement Judge(Deal deal, ReadOnlySpan<int> answer) =>
        GeneralPoints.Judge.Refine(GeneralPoints.Judge.Answer(deal, task.Target, answer), task, deal, GeneralPoints.Judge.FormulaOf(answer));

    public (int[] Prompt, int[] Answer) Map(Deal deal) =>
        ([Vocabulary.Bos, Vocabulary.Map, Vocabulary.Rule(deal.Rule), .. deal.Cards.Select(Vocabulary.Card), Vocabulary.Sep], [.. deal.Numbers.Select(Vocabulary.Number), Vocabulary.Eos]);

    public (int[] Prompt, int[] Answer) Eval(int[] expression, int value) => ([Vocabulary.Bos, Vocabulary.Eval, .. expression, Vocabulary.Sep], [Vocabulary.Number(value), Vocabulary.Eos]);

    public (int[] Prompt, int[] Answer) Solve(int[] numbers, int[] formula) =>
        ([Vocabulary.Bos, Vocabulary.Solve, .. numbers.Select(Vocabulary.Number), Vocabulary.Sep], [.. formula, Vocabulary.EqualsSign, Vocabulary.Number(task.Target), Vocabulary.Eos]);

    private static bool NeedsExtension(GeneralPointsSpec task) =>
        task.PartialCredit || task.Recognition || task.Prompts == PromptArm.Rules
        || task.InDistribution == FaceRule.FacesAsFiveSixSeven || task.OutOfDistribution == FaceRule.FacesAsFiveSixSeven || task.HeldOut == FaceRule.FacesAsFiveSixSeven;
}
