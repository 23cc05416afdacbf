namespace Crescent.Kernels.Objectives;

/// <summary>What the loss of a token is divided by, in a window of N tokens in B sequences.</summary>
public enum LengthNormalisation
{
    /// <summary>N: every token weighs the same.</summary>
    TokenMean,

    /// <summary>B times the length of the token's sequence: every sequence weighs the same.</summary>
    SequenceMean,

    /// <summary>B times the longest possible length: no length appears (Dr. GRPO, arXiv 2503.20783).</summary>
    MaxLength,
}

/// <summary>Computes what <see cref="LengthNormalisation"/> names.</summary>
public static class LengthDenominators
{
    /// <param name="lengths">Of the sequences of a batch, in order.</param>
    /// <param name="windowTokens">N.</param>
    /// <param name="windowSequences">B.</param>
    /// <returns>One for each token.</returns>
    public static double[] Of(LengthNormalisation normalisation, IReadOnlyList<int> lengths, long windowTokens, long windowSequences, int longest)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        return [.. lengths.SelectMany(length => Enumerable.Repeat(
            normalisation switch
            {
                LengthNormalisation.SequenceMean => (double)windowSequences * length,
                LengthNormalisation.MaxLength => (double)windowSequences * longest,
                _ => windowTokens,
            },
            length))];
    }
}
