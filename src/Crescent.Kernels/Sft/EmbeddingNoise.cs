using Crescent.Kernels.Engines;
using Crescent.Kernels.Randomness;

namespace Crescent.Kernels.Sft;

/// <summary>
/// Noise of NEFTune (arXiv 2310.05914): uniform in +-alpha / sqrt(L d) on every embedding of a row of L tokens, in training only. Keyed by (run, step, example), and by position inside its stream, so that no batch or split shows.
/// </summary>
public sealed record EmbeddingNoise(ulong Seed, double Alpha, int HiddenSize)
{
    /// <summary>Largest noise in a row of so many tokens.</summary>
    public double Bound(int length) => Alpha / Math.Sqrt((double)length * HiddenSize);

    /// <summary>[tokens, hidden] for the rows of a batch.</summary>
    /// <param name="firstExample">The step's number of the batch's first row.</param>
    public float[] Of(TokenBatch batch, int step, int firstExample)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var noise = new float[batch.Tokens.Length * HiddenSize];
        for (var row = 0; row < batch.Rows; row++)
        {
            var random = new RandomStream(new RandomKey(Seed, RandomPurpose.EmbeddingNoise, (uint)step, (uint)(firstExample + row)));
            var bound = Bound(batch.Offsets[row + 1] - batch.Offsets[row]);
            for (var i = batch.Offsets[row] * HiddenSize; i < batch.Offsets[row + 1] * HiddenSize; i++)
            {
                noise[i] = (float)(bound * ((2 * random.NextDouble()) - 1));
            }
        }

        return noise;
    }
}
