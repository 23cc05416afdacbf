using Crescent.Kernels.Models;
using Crescent.Kernels.Randomness;

namespace Crescent.Kernels.Engines.Cpu;

/// <summary>
/// Continues prompts with a key-value cache: equal prompts are read once, then every sequence still running takes one token a step. Prompts go in waves that bound the cache's memory; neither waves nor the other prompts change a result.
/// Prompts that all continue sequences of the call before, as the tries of a dialogue do, are not read again: their cache is kept, and only what is new is fed.
/// </summary>
internal sealed unsafe class DecoderGeneration(DecoderForward forward)
{
    private const long CacheFloats = 64L << 20 >> 2;
    private const long KeptFloats = 160L << 20 >> 2;
    private const int MaxSlots = 512;
    private const int StepRows = 64;
    private readonly DecoderSpec model = forward.Model;
    private readonly KeyValueCache cache = new(forward.Model);
    private readonly List<GenerationWorker> workersMemory = [];
    private SequenceIndex? before;
    private long versionBefore;

    /// <param name="version">Version of the weights; keys and values of another are of no use.</param>
    public Generation[] Run(IReadOnlyList<int[]> prompts, SamplingSpec sampling, IReadOnlyList<RandomKey> keys, WorkerThreads workers, long version)
    {
        Check(prompts, sampling, keys);
        while (workersMemory.Count < workers.Count)
        {
            workersMemory.Add(new GenerationWorker(forward, cache));
        }

        var kept = version == versionBefore ? before?.Continued(prompts) : null;
        (before, versionBefore) = (null, version);
        if (kept is not null && prompts.Count * KeyValueCache.SlotLength(model, prompts.Max(prompt => prompt.Length) + sampling.MaxTokens) <= KeptFloats)
        {
            return Continue(kept, prompts, sampling, keys, workers);
        }

        var results = new Generation[prompts.Count];
        for (var first = 0; first < prompts.Count;)
        {
            var (end, positions) = (first, 0);
            while (end < prompts.Count && end - first < MaxSlots)
            {
                var needed = Math.Max(positions, prompts[end].Length + sampling.MaxTokens);
                if (end > first && (end - first + 1) * KeyValueCache.SlotLength(model, needed) > CacheFloats)
                {
                    break;
                }

                (positions, end) = (needed, end + 1);
            }

            cache.Reserve(end - first, positions);
            var wave = Enumerable.Range(first, end - first).Select(i => Start(i - first, i, prompts, sampling, keys)).ToArray();
            ReadPrompts(wave, sampling, workers);
            Finish(wave, sampling, workers);
            foreach (var sequence in wave)
            {
                results[first + sequence.Slot] = sequence.Result();
            }

            before = wave.Length == prompts.Count ? new SequenceIndex(wave) : null;
            first = end;
        }

        return results;
    }

    private static Sequence Start(int slot, int index, IReadOnlyList<int[]> prompts, SamplingSpec sampling, IReadOnlyList<RandomKey> keys) =>
        new(slot, prompts[index], sampling.Temperature > 0 ? keys[index] : default, sampling.MaxTokens);

    /// <summary>Goes on from sequences of the call before, one per prompt.</summary>
    private Generation[] Continue(Sequence[] kept, IReadOnlyList<int[]> prompts, SamplingSpec sampling, IReadOnlyList<RandomKey> keys, WorkerThreads workers)
    {
        cache.Keep([.. kept.Select(sequence => (sequence.CacheSlot, sequence.Fed))], prompts.Max(prompt => prompt.Length) + sampling.MaxTokens);
        var wave = new Sequence[prompts.Count];
        for (var i = 0; i < wave.Length; i++)
        {
            wave[i] = Start(i, i, prompts, sampling, keys);
            (wave[i].CacheSlot, wave[i].Fed) = (i, kept[i].Fed);
        }

        Finish(wave, sampling, workers);
        before = new SequenceIndex(wave);
        return [.. wave.Select(sequence => sequence.Result())];
    }

    /// <summary>Steps every sequence to its end.</summary>
    private void Finish(Sequence[] wave, SamplingSpec sampling, WorkerThreads workers)
    {
        var live = wave;
        while (true)
        {
            live = Array.FindAll(live, sequence => !sequence.IsFinished(sampling));
            if (live.Length == 0)
            {
                return;
            }

            var running = live;
            var rows = Math.Clamp((live.Length + workers.Count - 1) / workers.Count, 1, StepRows);
            workers.Run((live.Length + rows - 1) / rows, (task, worker) =>
                workersMemory[worker].Step(running.AsSpan(task * rows, Math.Min(rows, running.Length - task * rows)), sampling));
        }
    }

    /// <summary>Fills the cache and takes every sequence's first token. A prompt that comes again is copied from where it came first.</summary>
    private void ReadPrompts(Sequence[] wave, SamplingSpec sampling, WorkerThreads workers)
    {
        Dictionary<string, int> seen = new(StringComparer.Ordinal);
        List<List<Sequence>> equal = [];
        foreach (var sequence in wave)
        {
            var text = string.Join(',', sequence.Prompt);
            if (!seen.TryGetValue(text, out var at))
            {
                seen.Add(text, at = equal.Count);
                equal.Add([]);
            }

            equal[at].Add(sequence);
        }

        var offsets = new int[equal.Count + 1];
        for (var i = 0; i < equal.Count; i++)
        {
            // Slots follow the distinct prompts first, so that a row's number is its slot.
            offsets[i + 1] = offsets[i] + equal[i][0].Prompt.Length;
        }

        var next = equal.Count;
        for (var i = 0; i < equal.Count; i++)
        {
            for (var copy = 0; copy < equal[i].Count; copy++)
            {
                equal[i][copy].CacheSlot = copy == 0 ? i : next++;
            }
        }

        var plan = new BatchPlan(new TokenBatch([.. equal.SelectMany(group => group[0].Prompt)], offsets, []), model.VocabularySize, model.MaxPositions);
        workers.Run(plan.Chunks.Count, (task, worker) => workersMemory[worker].Read(plan.Batch, plan.Chunks[task], equal, sampling));
    }

    private void Check(IReadOnlyList<int[]> prompts, SamplingSpec sampling, IReadOnlyList<RandomKey> keys)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        ArgumentNullException.ThrowIfNull(sampling);
        ArgumentNullException.ThrowIfNull(keys);
        Require(sampling.MaxTokens >= 1, $"maxTokens is {sampling.MaxTokens}; it must be at least 1");
        Require(float.IsFinite(sampling.Temperature) && sampling.Temperature >= 0, $"temperature is {sampling.Temperature}; it must be finite and not negative");
        Require(sampling.StopToken >= -1 && sampling.StopToken < model.VocabularySize, $"stopToken is {sampling.StopToken}; it must be in the vocabulary of {model.VocabularySize}, or -1 for none");
        Require(sampling.Temperature == 0 || keys.Count == prompts.Count, $"there are {keys.Count} keys for {prompts.Count} prompts; sampling needs one each");
        for (var i = 0; i < prompts.Count; i++)
        {
            var length = prompts[i].Length;
            Require(length >= 1, $"prompt {i} is empty");
            Require(length + sampling.MaxTokens <= model.MaxPositions, $"prompt {i} has {length} tokens, with {sampling.MaxTokens} new ones it may pass the model's {model.MaxPositions} positions; lower maxTokens");
            BatchPlan.CheckTokens(prompts[i], model.VocabularySize);
        }

        static void Require(bool condition, FormattableString message)
        {
            if (!condition)
            {
                throw new CrescentException("generation-invalid", FormattableString.Invariant($"Cannot generate: {FormattableString.Invariant(message)}."));
            }
        }
    }
}
