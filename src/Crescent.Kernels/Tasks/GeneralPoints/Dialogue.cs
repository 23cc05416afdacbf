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

    /// <summary>Orders of task, rule and cards in which a prompt can be written.</summary>
    public const int Layouts = 6;

    /// <param name="layout">0: the one above; up to <see cref="Layouts"/> - 1: others that mean the same.</param>
    public static int[] Prompt(Deal deal, int layout = 0)
    {
        ArgumentNullException.ThrowIfNull(deal);
        var (task, rule, cards) = (Vocabulary.Deal, Vocabulary.Rule(deal.Rule), deal.Cards.Select(Vocabulary.Card));
        int[] middle = layout switch
        {
            0 => [task, rule, .. cards],
            1 => [rule, task, .. cards],
            2 => [task, .. cards, rule],
            3 => [rule, .. cards, task],
            4 => [.. cards, task, rule],
            _ => [.. cards, rule, task],
        };
        return [Vocabulary.Bos, .. middle, Vocabulary.Sep];
    }

    /// <param name="numbers">The numbers written first.</param>
    /// <param name="formula">Tokens of the formula.</param>
    public static int[] Answer(IEnumerable<int> numbers, IEnumerable<int> formula, int target) =>
        [.. numbers.Select(Vocabulary.Number), Vocabulary.Sep, .. formula, Vocabulary.EqualsSign, Vocabulary.Number(target), Vocabulary.Eos];

    public static int[] Feedback(Verdict verdict) => [Vocabulary.Fail, Vocabulary.Failure(verdict), Vocabulary.Sep];
}
