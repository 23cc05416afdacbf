using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Crescent.Kernels.Engines;
using Crescent.Kernels.Models;
using Crescent.Kernels.Randomness;
using Crescent.Kernels.Tensors;

namespace Crescent.Kernels.Tests.Engines.Cpu;

/// <summary>A short life of an engine that touches everything: training with every coefficient, optimizer steps, scoring, greedy and sampled generation. Its digest stands for all the bits.</summary>
internal static class Trajectory
{
    public static string Digest(DecoderSpec model, int threads)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var engine = SmallModels.Engine(model);
        using var reference = SmallModels.Engine(model, seed: 2);
        engine.Threads = threads;
        for (uint step = 0; step < 2; step++)
        {
            var batch = SmallModels.Batch(model, [31, 7, 40, 16, 1, 25, 38, 40, 22], supervised: 0.7, index: step);
            using var pass = engine.Forward(batch, 0.9f, reference, SmallModels.Random(batch.Tokens.Length * model.HiddenSize, step));
            Add(pass.Statistics.LogProbability);
            Add(pass.Statistics.Entropy);
            Add(pass.Statistics.ForwardKl);
            engine.Backward(pass, SmallModels.Coefficients(batch.Targets.Length));
            engine.Step(new AdamWSpec { WeightDecay = 0.01 }, 1e-2);
        }

        AddAll(engine.ReadWeights());
        AddAll(engine.ReadOptimizer());
        int[][] prompts = [[1, 2, 3], [4], [1, 2, 3], [5, 6, 7, 8, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4]];
        var keys = prompts.Select((_, i) => new RandomKey(9, RandomPurpose.EvaluationSampling, (uint)i)).ToArray();
        foreach (var temperature in new[] { 0f, 1.2f })
        {
            foreach (var continuation in engine.Generate(prompts, new SamplingSpec(20, 0, temperature), keys))
            {
                hash.AppendData(MemoryMarshal.AsBytes<int>(continuation.Tokens));
                Add(continuation.LogProbability);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());

        void Add(float[] values) => hash.AppendData(MemoryMarshal.AsBytes<float>(values));

        void AddAll(TensorSet tensors)
        {
            foreach (var tensor in tensors.Tensors)
            {
                Add(tensor.Values);
            }
        }
    }
}
