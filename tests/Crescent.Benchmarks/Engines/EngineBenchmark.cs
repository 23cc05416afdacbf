using System.Diagnostics;
using System.Runtime.InteropServices;
using Crescent.Kernels.Engines;
using Crescent.Kernels.Engines.Cpu;
using Crescent.Kernels.Models;

namespace Crescent.Benchmarks.Engines;

/// <summary>
/// The CPU engine and PyTorch side by side on the same weights and tokens: equal results first, then pieces of work in turns, medians compared. d 128, 4 layers, 4 heads, feed-forward 344, vocabulary 64, 64 rows of 64 tokens.
/// </summary>
internal static class EngineBenchmark
{
    private const int Rows = 64;
    private const int Length = 64;
    private const int Prompt = 16;
    private const int Losses = 10;
    private const int Turns = 15;
    private const double LearningRate = 1e-3;

    private static readonly DecoderSpec Model = new()
    {
        VocabularySize = 64, HiddenSize = 128, Layers = 4, Heads = 4, KeyValueHeads = 4, FeedForwardSize = 344, MaxPositions = Length,
    };

    /// <summary>Ratios of the time of a training step, ours over PyTorch's.</summary>
    public static BenchmarkReport Train()
    {
        Dictionary<string, double> ratios = [], medians = [];
        foreach (var threads in new[] { 1, 2 })
        {
            using var engine = Engine(threads);
            using var peer = Peer(engine, threads);
            var batch = Batch();
            var (ours, theirs) = (Enumerable.Range(0, Losses).Select(_ => Step(engine, batch)).ToArray(), peer.Ask($"losses {Losses}"));
            Console.Error.WriteLine($"losses, {threads} threads: ours {string.Join(' ', ours.Select(loss => loss.ToString("F6")))}, PyTorch {string.Join(' ', theirs.Select(loss => loss.ToString("F6")))}");
            if (ours.Zip(theirs).Any(pair => Math.Abs(pair.First - pair.Second) > 1e-4 * pair.Second))
            {
                throw new InvalidOperationException("The losses differ: the two sides do not compute the same.");
            }

            Compare($"d128_threads{threads}", () => Time(() => Step(engine, batch)), () => peer.Ask("step")[0], medians);
            ratios[$"d128_threads{threads}"] = medians[$"d128_threads{threads}_ours_seconds"] / medians[$"d128_threads{threads}_pytorch_seconds"];
        }

        return new BenchmarkReport("train", ratios, medians);
    }

    /// <summary>Ratio of tokens per second, ours over PyTorch's, continuing 64 prompts of 16 tokens by 48.</summary>
    public static BenchmarkReport Generate()
    {
        Dictionary<string, double> ratios = [], medians = [];
        using var engine = Engine(1);
        using var peer = Peer(engine, 1);
        var batch = Batch();
        int[][] prompts = [.. Enumerable.Range(0, Rows).Select(row => batch.Tokens[(row * Length)..(row * Length + Prompt)])];
        SamplingSpec greedy = new(Length - Prompt, -1, 0);
        var ours = engine.Generate(prompts, greedy, []).SelectMany(continuation => continuation.Tokens).ToArray();
        var equal = ours.Zip(peer.Ask("tokens")).Count(pair => pair.First == (int)pair.Second);
        Console.Error.WriteLine($"greedy tokens equal: {equal} of {ours.Length}");
        if (equal != ours.Length)
        {
            throw new InvalidOperationException("The tokens differ: the two sides do not compute the same.");
        }

        Compare("d128_threads1", () => Time(() => engine.Generate(prompts, greedy, [])), () => peer.Ask("generate")[0], medians);
        ratios["d128_threads1"] = medians["d128_threads1_pytorch_seconds"] / medians["d128_threads1_ours_seconds"];
        medians["d128_threads1_ours_tokens_per_second"] = ours.Length / medians["d128_threads1_ours_seconds"];
        medians["d128_threads1_pytorch_tokens_per_second"] = ours.Length / medians["d128_threads1_pytorch_seconds"];
        return new BenchmarkReport("generate", ratios, medians);
    }

    private static CpuEngine Engine(int threads)
    {
        var engine = CpuEngine.Create(Model, DecoderInitialisation.Draw(Model, 1));
        engine.Threads = threads;
        return engine;
    }

    private static PythonPeer Peer(CpuEngine engine, int threads) =>
        new("decoder_bench.py", engine.ReadWeights().Tensors.Select(tensor => MemoryMarshal.AsBytes<float>(tensor.Values).ToArray()), threads);

    private static TokenBatch Batch()
    {
        var tokens = Enumerable.Range(0, Rows).SelectMany(row => Enumerable.Range(0, Length).Select(t => (7 * row + 3 * t + row * t * t) % Model.VocabularySize));
        return new TokenBatch([.. tokens], [.. Enumerable.Range(0, Rows + 1).Select(row => row * Length)], [.. Enumerable.Range(0, Rows * Length).Where(token => token % Length != 0)]);
    }

    private static double Step(CpuEngine engine, TokenBatch batch)
    {
        using var pass = engine.Forward(batch);
        var coefficients = new float[batch.Targets.Length];
        Array.Fill(coefficients, -1f / coefficients.Length);
        engine.Backward(pass, new TokenCoefficients { LogProbability = coefficients });
        engine.Step(new AdamWSpec { ClipNorm = 0 }, LearningRate);
        return -pass.Statistics.LogProbability.Average(value => (double)value);
    }

    private static void Compare(string name, Func<double> ours, Func<double> theirs, Dictionary<string, double> medians)
    {
        List<double> ourSeconds = [], theirSeconds = [];
        for (var turn = 0; turn < Turns + 2; turn++)
        {
            var (mine, peers) = (ours(), theirs());
            if (turn >= 2)
            {
                ourSeconds.Add(mine);
                theirSeconds.Add(peers);
                Console.Error.WriteLine($"{name}: turn {turn - 1} of {Turns}, ours {mine * 1e3:F1} ms, PyTorch {peers * 1e3:F1} ms");
            }
        }

        medians[name + "_ours_seconds"] = Median(ourSeconds);
        medians[name + "_pytorch_seconds"] = Median(theirSeconds);
    }

    private static double Time(Action work)
    {
        var watch = Stopwatch.StartNew();
        work();
        return watch.Elapsed.TotalSeconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
