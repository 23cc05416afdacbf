namespace Crescent.Kernels.Tasks;

/// <summary>The sizes of a task's token form; they decide which models can play it.</summary>
/// <param name="Bos">First token of every prompt.</param>
/// <param name="Eos">Last token of every answer.</param>
/// <param name="Prompt">Tokens of the longest prompt.</param>
/// <param name="Answer">Tokens of the longest answer, its end token included.</param>
/// <param name="Feedback">Tokens of the longest feedback on a failed try.</param>
public sealed record TaskFormat(int VocabularySize, int Bos, int Eos, int Prompt, int Answer, int Feedback)
{
    /// <summary>After its first occurrence in an answer the formula or action begins; null: answers have no such part.</summary>
    public int? Separator { get; init; }

    /// <summary>Tokens of the longest dialogue of so many tries.</summary>
    public int Dialogue(int tries) => Prompt + (tries * (Answer + Feedback));
}
