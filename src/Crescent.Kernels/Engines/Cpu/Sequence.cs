using Crescent.Kernels.Randomness;

namespace Crescent.Kernels.Engines.Cpu;

/// <summary>A prompt and its continuation so far.</summary>
internal sealed class Sequence(int slot, int[] prompt, RandomKey key, int maxTokens)
{
    private readonly int[] tokens = new int[maxTokens];
    private readonly float[] logProbabilities = new float[maxTokens];

    /// <summary>Place in the wave.</summary>
    public int Slot => slot;

    public int CacheSlot { get; set; }

    public int[] Prompt => prompt;

    public RandomKey Key => key;

    /// <summary>New tokens so far.</summary>
    public int Count { get; private set; }

    /// <summary>Tokens whose keys and values are in the cache: the first so many.</summary>
    public int Fed { get; set; }

    /// <summary>Prompt and new tokens.</summary>
    public int Length => prompt.Length + Count;

    public int this[int position] => position < prompt.Length ? prompt[position] : tokens[position - prompt.Length];

    public void Add(int token, float logProbability)
    {
        (tokens[Count], logProbabilities[Count]) = (token, logProbability);
        Count++;
    }

    public bool IsFinished(SamplingSpec sampling) => Count == sampling.MaxTokens || (Count > 0 && tokens[Count - 1] == sampling.StopToken);

    public Generation Result() => new(tokens[..Count], logProbabilities[..Count]);
}
