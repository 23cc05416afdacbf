using System.Text.Json;
using Crescent.Kernels.Engines;
using Crescent.Kernels.Engines.Cpu;
using Crescent.Kernels.Models;
using Crescent.Kernels.Tensors;

namespace Crescent.Kernels.Tests.Engines.Cpu;

/// <summary>Ten training steps beside those of PyTorch (tests/golden/decoder_golden.py).</summary>
public sealed class GoldenTests
{
    private sealed record Golden(DecoderSpec Model, int[] Lengths, double[] Losses, double[] Norms);

    [Fact]
    public void Step_TenTimesFromEqualWeights_GivesTheLossesOfPyTorch()
    {
        var golden = JsonSerializer.Deserialize<Golden>(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "decoder_golden.json")), JsonSerializerOptions.Web)!;
        Congruential generator = new();
        using var engine = CpuEngine.Create(golden.Model, Weights(golden.Model, generator));
        var rows = golden.Lengths.Select(length => Enumerable.Range(0, length).Select(_ => (int)((generator.Draw() + 0.5) * golden.Model.VocabularySize)).ToArray()).ToArray();
        int[] offsets = [0, .. golden.Lengths.Select((_, i) => golden.Lengths[..(i + 1)].Sum())];
        int[] tokens = [.. rows.SelectMany(row => row)];
        TokenBatch batch = new(tokens, offsets, [.. Enumerable.Range(0, tokens.Length).Except(offsets)]);
        AdamWSpec optimizer = new() { Beta2 = 0.98, WeightDecay = 0.1, ClipNorm = 1 };
        for (var step = 0; step < golden.Losses.Length; step++)
        {
            using var pass = engine.Forward(batch);
            var count = batch.Targets.Length;
            engine.Backward(pass, new TokenCoefficients { LogProbability = [.. Enumerable.Repeat(-1f / count, count)] });
            var loss = -pass.Statistics.LogProbability.Average(value => (double)value);
            var report = engine.Step(optimizer, 3e-3);
            Assert.Equal(golden.Losses[step], loss, golden.Losses[step] * 1e-5);
            Assert.Equal(golden.Norms[step], report.GradientNorm, golden.Norms[step] * 1e-4);
        }
    }

    private static TensorSet Weights(DecoderSpec model, Congruential generator) => new(
    [
        .. DecoderLayout.Tensors(model).Select(tensor => new Tensor(tensor.Name, tensor.Shape, tensor.Shape.Length == 1
            ? [.. Enumerable.Range(0, tensor.Shape[0]).Select(_ => (float)(1 + 0.5 * generator.Draw()))]
            : [.. Enumerable.Range(0, tensor.Shape[0] * tensor.Shape[1]).Select(_ => (float)(2 / Math.Sqrt(tensor.Shape[1]) * generator.Draw()))])),
    ]);

    private sealed class Congruential
    {
        private uint state = 12345;

        public double Draw()
        {
            state = state * 1664525 + 1013904223;
            return state / 4294967296.0 - 0.5;
        }
    }
}
