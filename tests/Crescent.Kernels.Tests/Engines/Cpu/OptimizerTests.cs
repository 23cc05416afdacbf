using Crescent.Kernels.Engines;
using Crescent.Kernels.Engines.Cpu;
using Crescent.Kernels.Models;
using Crescent.Kernels.Tensors;

namespace Crescent.Kernels.Tests.Engines.Cpu;

public sealed class OptimizerTests
{
    private static readonly DecoderSpec Model = SmallModels.Grouped;

    private static void Accumulate(CpuEngine engine, float scale = 1, uint index = 0)
    {
        var batch = SmallModels.Batch(Model, [9, 14, 6], index: index);
        using var pass = engine.Forward(batch);
        engine.Backward(pass, new TokenCoefficients { LogProbability = [.. Enumerable.Repeat(-scale / batch.Targets.Length, batch.Targets.Length)] });
    }

    [Fact]
    public void Step_AFewTimes_FollowsTheFormulaInDouble()
    {
        AdamWSpec spec = new() { Beta1 = 0.9, Beta2 = 0.95, Epsilon = 1e-7, WeightDecay = 0.1, ClipNorm = 0.5 };
        using var engine = SmallModels.Engine(Model);
        var weights = engine.ReadWeights().Tensors.Select(tensor => tensor.Values.Select(value => (double)value).ToArray()).ToArray();
        var (first, second) = (weights.Select(w => new double[w.Length]).ToArray(), weights.Select(w => new double[w.Length]).ToArray());
        for (var step = 1; step <= 4; step++)
        {
            Accumulate(engine, index: (uint)step);
            var gradients = engine.ReadGradients().Tensors;
            var norm = Math.Sqrt(gradients.Sum(tensor => tensor.Values.Sum(g => (double)g * g)));
            var report = engine.Step(spec, 0.01);
            Assert.Equal(norm, report.GradientNorm, 1e-9);
            Assert.True(report.Finite);
            var clip = Math.Min(1, 0.5 / (norm + 1e-6));
            var actual = engine.ReadWeights().Tensors;
            for (var t = 0; t < weights.Length; t++)
            {
                for (var i = 0; i < weights[t].Length; i++)
                {
                    var g = clip * gradients[t].Values[i];
                    first[t][i] = 0.9 * first[t][i] + 0.1 * g;
                    second[t][i] = 0.95 * second[t][i] + 0.05 * g * g;
                    var direction = first[t][i] / (1 - Math.Pow(0.9, step)) / (Math.Sqrt(second[t][i] / (1 - Math.Pow(0.95, step))) + 1e-7);
                    weights[t][i] -= 0.01 * (direction + (gradients[t].Shape.Length == 2 ? 0.1 * weights[t][i] : 0));
                    Assert.Equal(weights[t][i], actual[t].Values[i], 2e-6 * Math.Max(1, Math.Abs(weights[t][i])));
                }
            }
        }
    }

    [Fact]
    public void Step_WithFrozenTensors_LeavesThemAndTheirNormAlone()
    {
        using var engine = SmallModels.Engine(Model);
        engine.Frozen = new HashSet<string> { DecoderLayout.Embedding, DecoderLayout.FinalNorm };
        var before = engine.ReadWeights();
        Accumulate(engine);
        var expected = Math.Sqrt(engine.ReadGradients().Tensors.Where(tensor => !engine.Frozen.Contains(tensor.Name)).Sum(tensor => tensor.Values.Sum(g => (double)g * g)));
        Assert.Equal(expected, engine.Step(new AdamWSpec { WeightDecay = 0.1 }, 0.1).GradientNorm, 1e-9);
        foreach (var tensor in engine.ReadWeights().Tensors)
        {
            Assert.Equal(engine.Frozen.Contains(tensor.Name), tensor.Values.SequenceEqual(before[tensor.Name].Values));
        }
    }

    [Fact]
    public void Step_OnANonFiniteGradient_IsNotApplied()
    {
        using var engine = SmallModels.Engine(Model);
        var before = engine.ReadWeights();
        Accumulate(engine, float.PositiveInfinity);
        var report = engine.Step(new AdamWSpec(), 0.1);
        Assert.False(report.Finite);
        Assert.Empty(engine.ReadOptimizer().Tensors);
        Assert.All(engine.ReadWeights().Tensors, tensor => Assert.Equal(before[tensor.Name].Values, tensor.Values));
        Accumulate(engine);
        Assert.True(engine.Step(new AdamWSpec(), 0.1).Finite);
    }

    [Fact]
    public void WriteOptimizer_OfAnotherEnginesState_ContinuesBitForBit()
    {
        using var engine = SmallModels.Engine(Model);
        Train(engine, 0, 3);
        using var resumed = CpuEngine.Create(Model, engine.ReadWeights());
        resumed.WriteOptimizer(engine.ReadOptimizer());
        Train(engine, 3, 6);
        Train(resumed, 3, 6);
        Assert.Equal(Flat(engine.ReadWeights()), Flat(resumed.ReadWeights()));
        Assert.Equal(Flat(engine.ReadOptimizer()), Flat(resumed.ReadOptimizer()));

        static void Train(CpuEngine engine, uint from, uint to)
        {
            for (var step = from; step < to; step++)
            {
                Accumulate(engine, index: step);
                engine.Step(new AdamWSpec { WeightDecay = 0.01 }, 1e-3);
            }
        }

        static IEnumerable<float> Flat(TensorSet tensors) => tensors.Tensors.SelectMany(tensor => tensor.Values);
    }

    [Fact]
    public void WriteOptimizer_OfDamagedState_IsRefusedAndChangesNothing()
    {
        using var engine = SmallModels.Engine(Model);
        Accumulate(engine);
        engine.Step(new AdamWSpec(), 1e-3);
        var state = engine.ReadOptimizer();
        var shorter = new TensorSet([.. state.Tensors.Skip(1)]);
        Assert.Equal("tensor-missing", Assert.Throws<CrescentException>(() => engine.WriteOptimizer(shorter)).Code);
        var odd = new TensorSet([.. state.Tensors.Select(tensor => tensor.Name == "step" ? tensor with { Values = [0.5f] } : tensor)]);
        Assert.Equal("tensor-invalid", Assert.Throws<CrescentException>(() => engine.WriteOptimizer(odd)).Code);
        Assert.Equal(state.Tensors.Select(tensor => tensor.Values), engine.ReadOptimizer().Tensors.Select(tensor => tensor.Values));
    }

    [Fact]
    public void Step_WithoutAGradient_IsRefused()
    {
        using var engine = SmallModels.Engine(Model);
        Assert.Equal("step-invalid", Assert.Throws<CrescentException>(() => engine.Step(new AdamWSpec(), 0.1)).Code);
        Accumulate(engine);
        Assert.Equal("step-invalid", Assert.Throws<CrescentException>(() => engine.Step(new AdamWSpec(), double.NaN)).Code);
    }
}
