namespace Crescent.Kernels.Tasks.GeneralPoints;

/// <summary>
/// The compact form of the task. Prompt: <c>bos GP RULE c c c c sep</c>. Answer: <c>n n n n sep formula = target eos</c>. Feedback after a failed try: <c>FAIL F_kind sep</c>; the history is kept.
/// </summary>
public static class Dialogue
{
    public const int PromptLength = 8;

    /// <summary>Four numbers, a separator, a formula of at most 11 tokens, '=', the target, the end.</summary>
    public const int MaxAnswerLength = 19;
    public const int FeedbackLength = 3;

    public static int[] Prompt(Deal deal)
    {
        ArgumentNullException.ThrowIfNull(deal);
        return [Vocabulary.Bos, Vocabulary.Deal, Vocabulary.Rule(deal.Rule), .. deal.Cards.Select(Vocabulary.Card), Vocabulary.Sep];
    }

    /// <param name="numbers">The numbers written first.</param>
    /// <param name="formula">Tokens of the formula.</param>
    public static int[] Answer(IEnumerable<int> numbers, IEnumerable<int> formula, int target) =>
        [.. numbers.Select(Vocabulary.Number), Vocabulary.Sep, .. formula, Vocabulary.EqualsSign, Vocabulary.Number(target), Vocabulary.Eos];

    public static int[] Feedback(Verdict verdict) => [Vocabulary.Fail, Vocabulary.Failure(verdict), Vocabulary.Sep];
}
