namespace Crescent.Kernels.Engines.Cpu;

/// <summary>Finds, among finished sequences, the one that a new prompt continues.</summary>
internal sealed class SequenceIndex
{
    private readonly Dictionary<(int Length, ulong Hash), Sequence> sequences = [];

    public SequenceIndex(IEnumerable<Sequence> finished)
    {
        foreach (var sequence in finished)
        {
            var hash = 0UL;
            for (var i = 0; i < sequence.Fed; i++)
            {
                hash = Append(hash, sequence[i]);
            }

            sequences.TryAdd((sequence.Fed, hash), sequence);
        }
    }

    /// <summary>For each prompt the longest sequence whose cached tokens begin it; null unless every prompt has one.</summary>
    public Sequence[]? Continued(IReadOnlyList<int[]> prompts)
    {
        var found = new Sequence[prompts.Count];
        for (var i = 0; i < found.Length; i++)
        {
            if (Longest(prompts[i]) is not { } sequence)
            {
                return null;
            }

            found[i] = sequence;
        }

        return found;
    }

    private Sequence? Longest(int[] prompt)
    {
        Sequence? longest = null;
        var hash = 0UL;

        // The last token of a prompt is always fed, so that there is a prediction to take.
        for (var length = 1; length < prompt.Length; length++)
        {
            hash = Append(hash, prompt[length - 1]);
            longest = sequences.TryGetValue((length, hash), out var sequence) && Begins(prompt, sequence) ? sequence : longest;
        }

        return longest;
    }

    private static bool Begins(int[] prompt, Sequence sequence)
    {
        for (var i = 0; i < sequence.Fed; i++)
        {
            if (prompt[i] != sequence[i])
            {
                return false;
            }
        }

        return true;
    }

    private static ulong Append(ulong hash, int token) => (hash ^ ((ulong)token + 1)) * 0x9E3779B97F4A7C15;
}
