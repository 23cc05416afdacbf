using Crescent.Kernels.Engines;

namespace Crescent.Kernels.Sft;

/// <summary>A row of tokens and the part of it that is learnt.</summary>
/// <param name="Tokens">Prompt, history and answer.</param>
/// <param name="AnswerStart">Tokens from here on are supervised.</param>
public sealed record TrainingExample(int[] Tokens, int AnswerStart)
{
    /// <summary>Lays examples end to end.</summary>
    /// <param name="pastEnd">Each row gets its last token once more, for objectives that look at the position after it.</param>
    public static TokenBatch Batch(IReadOnlyList<TrainingExample> examples, bool pastEnd = false)
    {
        ArgumentNullException.ThrowIfNull(examples);
        if (pastEnd)
        {
            examples = [.. examples.Select(example => example with { Tokens = [.. example.Tokens, example.Tokens[^1]] })];
        }

        var offsets = new int[examples.Count + 1];
        for (var i = 0; i < examples.Count; i++)
        {
            offsets[i + 1] = offsets[i] + examples[i].Tokens.Length;
        }

        var targets = examples.SelectMany((example, i) => Enumerable.Range(offsets[i] + example.AnswerStart, example.Tokens.Length - example.AnswerStart));
        return new TokenBatch([.. examples.SelectMany(example => example.Tokens)], offsets, [.. targets]);
    }
}
