namespace Crescent.Kernels.Tasks.GeneralPoints;

/// <summary>How deals, answers and the exercises of base training are written in tokens. Formulas are handed over in tokens of <see cref="Vocabulary"/>.</summary>
internal interface IWording
{
    TaskFormat Format { get; }

    string Text(ReadOnlySpan<int> tokens);

    /// <param name="layout">0 to <see cref="Dialogue.Layouts"/> - 1.</param>
    int[] Prompt(Deal deal, int layout = 0);

    /// <param name="numbers">The numbers written first.</param>
    int[] Answer(Deal deal, int[] numbers, int[] formula);

    int[] Feedback(Verdict verdict);

    Judgement Judge(Deal deal, ReadOnlySpan<int> answer);

    /// <summary>Cards to the numbers that they count.</summary>
    (int[] Prompt, int[] Answer) Map(Deal deal);

    /// <summary>An expression to its value.</summary>
    (int[] Prompt, int[] Answer) Eval(int[] expression, int value);

    /// <summary>Numbers to a formula.</summary>
    (int[] Prompt, int[] Answer) Solve(int[] numbers, int[] formula);
}
