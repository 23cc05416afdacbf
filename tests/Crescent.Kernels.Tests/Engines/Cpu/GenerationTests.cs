using Crescent.Kernels.Engines;
using Crescent.Kernels.Engines.Cpu;
using Crescent.Kernels.Models;
using Crescent.Kernels.Numerics;
using Crescent.Kernels.Randomness;

namespace Crescent.Kernels.Tests.Engines.Cpu;

public sealed class GenerationTests
{
    private static readonly int[][] Prompts = [[1, 2, 3], [4], [1, 2, 3], [5, 6, 7, 8, 9, 10, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1], [2, 2]];

    private static RandomKey[] Keys(int count) => [.. Enumerable.Range(0, count).Select(i => new RandomKey(11, RandomPurpose.RecoverySampling, (uint)i))];

    [Theory]
    [InlineData(0f)]
    [InlineData(1f)]
    [InlineData(1.7f)]
    public void Generate_WithCache_GivesTheBitsOfScoringEveryCandidate(float temperature)
    {
        using var engine = SmallModels.Engine(SmallModels.Grouped);
        var cached = engine.Generate(Prompts, new SamplingSpec(18, 0, temperature), Keys(Prompts.Length));
        for (var i = 0; i < Prompts.Length; i++)
        {
            var expected = Uncached(engine, Prompts[i], new SamplingSpec(18, 0, temperature), Keys(Prompts.Length)[i]);
            Assert.Equal(expected.Tokens, cached[i].Tokens);
            Assert.Equal(expected.LogProbability, cached[i].LogProbability);
        }
    }

    [Fact]
    public void Generate_PromptAmongOthers_ContinuesAsAlone()
    {
        using var engine = SmallModels.Engine(SmallModels.Wide);
        int[][] prompts = [.. Enumerable.Range(0, 150).Select(i => Enumerable.Range(0, 1 + i % 23).Select(t => (i / 3 + t * t) % 50).ToArray())];
        var together = engine.Generate(prompts, new SamplingSpec(30, 7, 1), Keys(prompts.Length));
        Assert.Contains(together, continuation => continuation.Tokens.Length < 30);
        foreach (var i in new[] { 0, 1, 77, 149 })
        {
            var alone = engine.Generate([prompts[i]], new SamplingSpec(30, 7, 1), [Keys(prompts.Length)[i]])[0];
            Assert.Equal(alone.Tokens, together[i].Tokens);
            Assert.Equal(alone.LogProbability, together[i].LogProbability);
        }
    }

    [Theory]
    [InlineData(0f, 1)]
    [InlineData(1f, 2)]
    public void Generate_TurnsOfADialogue_GiveTheBitsOfReadingThemAnew(float temperature, int threads)
    {
        using var engine = SmallModels.Engine(SmallModels.Wide);
        engine.Threads = threads;
        SamplingSpec sampling = new(5, 7, temperature);
        int[][] prompts = [.. Enumerable.Range(0, 40).Select(i => Enumerable.Range(0, 1 + i % 9).Select(t => (i / 2 + t * t) % 50).ToArray())];
        for (var turn = 0; turn < 4; turn++)
        {
            var keys = Keys(prompts.Length);
            var answers = engine.Generate(prompts, sampling, keys);
            using var fresh = SmallModels.Engine(SmallModels.Wide);
            var expected = fresh.Generate(prompts, sampling, keys);
            Assert.Equal(expected.Select(answer => answer.Tokens), answers.Select(answer => answer.Tokens));
            Assert.Equal(expected.Select(answer => answer.LogProbability), answers.Select(answer => answer.LogProbability));

            // Every third dialogue ends; the others go on, in another order, with as many new tokens as their number says.
            prompts = [.. prompts.Select((prompt, i) => (int[])[.. prompt, .. answers[i].Tokens, .. Enumerable.Range(0, i % 3)]).Where((_, i) => i % 3 != 0).Reverse()];
        }
    }

    [Fact]
    public void Generate_DialogueAfterTheWeightsChanged_IsReadAnew()
    {
        using var engine = SmallModels.Engine(SmallModels.Grouped);
        using var other = SmallModels.Engine(SmallModels.Grouped, seed: 2);
        SamplingSpec sampling = new(4, -1, 0);
        int[][] next = [.. Prompts.Zip(engine.Generate(Prompts, sampling, []), (prompt, answer) => (int[])[.. prompt, .. answer.Tokens, 3])];
        engine.WriteWeights(other.ReadWeights());
        Assert.Equal(other.Generate(next, sampling, []).Select(answer => answer.LogProbability), engine.Generate(next, sampling, []).Select(answer => answer.LogProbability));
    }

    [Fact]
    public void Generate_AfterTheWeightsChanged_UsesTheNewOnes()
    {
        using var engine = SmallModels.Engine(SmallModels.Grouped);
        using var other = SmallModels.Engine(SmallModels.Grouped, seed: 2);
        SamplingSpec sampling = new(10, -1, 0);
        var expected = other.Generate(Prompts, sampling, []).Select(continuation => continuation.LogProbability);
        engine.Generate(Prompts, sampling, []);
        engine.WriteWeights(other.ReadWeights());
        Assert.Equal(expected, engine.Generate(Prompts, sampling, []).Select(continuation => continuation.LogProbability));
    }

    [Fact]
    public void Generate_StopToken_EndsAndBelongsToTheContinuation()
    {
        using var engine = SmallModels.Engine(SmallModels.Grouped);
        var free = engine.Generate([[1, 2]], new SamplingSpec(20, -1, 0), [])[0];
        Assert.Equal(20, free.Tokens.Length);
        var stop = free.Tokens[6];
        var stopped = engine.Generate([[1, 2]], new SamplingSpec(20, stop, 0), [])[0];
        Assert.Equal(free.Tokens[..(Array.IndexOf(free.Tokens, stop) + 1)], stopped.Tokens);
        Assert.Equal(stopped.Tokens.Length, stopped.LogProbability.Length);
    }

    [Fact]
    public unsafe void Draw_ManyKeys_FollowsTheDistribution()
    {
        float[] p = [0.5f, 0, 0.125f, 0.25f, 0.125f];
        var logP = stackalloc float[5];
        var scratch = stackalloc float[16];
        for (var i = 0; i < 5; i++)
        {
            logP[i] = p[i] == 0 ? -1e9f : MathF.Log(p[i]);
        }

        var counts = new int[5];
        for (uint i = 0; i < 40_000; i++)
        {
            counts[Sampler.Draw(logP, 5, new RandomKey(1, RandomPurpose.RecoverySampling, i), 3, scratch)]++;
        }

        for (var i = 0; i < 5; i++)
        {
            Assert.InRange(counts[i], 40_000 * p[i] - 500, 40_000 * p[i] + 500);
        }

        Assert.Equal(0, counts[1]);
    }

    [Fact]
    public void Generate_BadInput_IsRefused()
    {
        using var engine = SmallModels.Engine(SmallModels.Grouped);
        SamplingSpec sampling = new(10, 0, 1);
        Refused(() => engine.Generate([[1, 11]], sampling, Keys(1)), "batch-invalid");
        Refused(() => engine.Generate([[]], sampling, Keys(1)), "generation-invalid");
        Refused(() => engine.Generate([new int[31]], sampling, Keys(1)), "generation-invalid");
        Refused(() => engine.Generate([[1]], sampling, []), "generation-invalid");
        Refused(() => engine.Generate([[1]], sampling with { MaxTokens = 0 }, Keys(1)), "generation-invalid");
        Refused(() => engine.Generate([[1]], sampling with { Temperature = float.NaN }, Keys(1)), "generation-invalid");
        Refused(() => engine.Generate([[1]], sampling with { StopToken = 11 }, Keys(1)), "generation-invalid");
        Assert.Empty(engine.Generate([], sampling, []));

        static void Refused(Action action, string code) => Assert.Equal(code, Assert.Throws<CrescentException>(action).Code);
    }

    /// <summary>Generation without a cache: every candidate token is scored after the whole row so far.</summary>
    private static unsafe Generation Uncached(CpuEngine engine, int[] prompt, SamplingSpec sampling, RandomKey key)
    {
        var vocabulary = engine.Model.VocabularySize;
        List<int> tokens = [];
        List<float> logProbabilities = [];
        var scratch = stackalloc float[64];
        while (tokens.Count < sampling.MaxTokens && (tokens.Count == 0 || tokens[^1] != sampling.StopToken))
        {
            var length = prompt.Length + tokens.Count + 1;
            TokenBatch candidates = new(
                [.. Enumerable.Range(0, vocabulary).SelectMany(token => prompt.Concat(tokens).Append(token))],
                [.. Enumerable.Range(0, vocabulary + 1).Select(row => row * length)],
                [.. Enumerable.Range(1, vocabulary).Select(row => row * length - 1)]);
            var logP = engine.Score(candidates, sampling.Temperature == 0 ? 1 : sampling.Temperature).LogProbability;
            fixed (float* p = logP)
            {
                tokens.Add(sampling.Temperature == 0 ? Lanes.ArgMax(p, vocabulary) : Sampler.Draw(p, vocabulary, key, (uint)tokens.Count, scratch));
            }

            logProbabilities.Add(logP[tokens[^1]]);
        }

        return new Generation([.. tokens], [.. logProbabilities]);
    }
}
