using Crescent.Kernels.Engines;
using Crescent.Kernels.Engines.Cpu;
using Crescent.Kernels.Models;

namespace Crescent.Kernels.Tests.Engines.Cpu;

public sealed class ValueHeadTests
{
    private static readonly DecoderSpec Model = SmallModels.Grouped with { ValueHead = true };
    private static readonly TokenBatch Batch = SmallModels.Batch(Model, [9, 2, 11], supervised: 0.6);

    [Fact]
    public void Forward_Values_AgreeWithTheDoubleDecoder()
    {
        using var engine = SmallModels.Engine(Model);
        using var pass = engine.Forward(Batch);
        var expected = new DoubleDecoder(Model, SmallModels.Weights(Model)).Values(Batch);
        Assert.All(expected.Zip(pass.Statistics.Value), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
        Assert.Equal(pass.Statistics.Value, engine.Score(Batch).Value);
    }

    [Fact]
    public void Forward_WithAHead_LeavesTheOtherStatisticsAlone()
    {
        using var engine = SmallModels.Engine(Model);
        using var plain = CpuEngine.Create(SmallModels.Grouped, new([.. SmallModels.Weights(Model).Tensors.Where(tensor => !tensor.Name.StartsWith(DecoderLayout.ValueHead, StringComparison.Ordinal))]));
        Assert.Equal(plain.Score(Batch).LogProbability, engine.Score(Batch).LogProbability);
        Assert.Empty(plain.Score(Batch).Value);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Backward_Value_AgreesWithFiniteDifferences(bool reachesTrunk)
    {
        var coefficients = Coefficients(reachesTrunk);
        using var engine = SmallModels.Engine(Model);
        using (var pass = engine.Forward(Batch))
        {
            engine.Backward(pass, coefficients);
        }

        DoubleDecoder decoder = new(Model, SmallModels.Weights(Model));
        foreach (var gradient in engine.ReadGradients().Tensors)
        {
            var own = gradient.Name.StartsWith(DecoderLayout.ValueHead, StringComparison.Ordinal);
            var values = decoder[gradient.Name];
            foreach (var element in new[] { 0, values.Length / 3, values.Length / 2, values.Length - 1 })
            {
                var start = values[element];
                values[element] = start + 1e-5;
                var above = decoder.Loss(Batch, coefficients);
                values[element] = start - 1e-5;
                var below = decoder.Loss(Batch, coefficients);
                values[element] = start;
                var expected = reachesTrunk || own ? (above - below) / 2e-5 : 0;
                Assert.True(Math.Abs(expected - gradient.Values[element]) <= 2e-5 * Math.Max(1, gradient.Values.Max(MathF.Abs)), $"{gradient.Name}[{element}]: expected {expected}, got {gradient.Values[element]}");
            }
        }
    }

    [Fact]
    public void Backward_ThreadsAndSplit_ChangeNoBit()
    {
        using var engine = SmallModels.Engine(Model);
        using var other = SmallModels.Engine(Model);
        other.Threads = 3;
        var rows = Enumerable.Range(0, 12).Select(row => SmallModels.Batch(Model, [20 + row], index: (uint)row)).ToList();
        var whole = new TokenBatch([.. rows.SelectMany(row => row.Tokens)], [0, .. rows.Select((_, i) => rows.Take(i + 1).Sum(row => row.Tokens.Length))], [.. rows.SelectMany((row, i) => row.Targets.Select(target => target + rows.Take(i).Sum(before => before.Tokens.Length)))]);
        var v = SmallModels.Random(whole.Targets.Length, 6);
        using (var pass = other.Forward(whole))
        {
            other.Backward(pass, new TokenCoefficients { LogProbability = [], Value = v });
        }

        var start = 0;
        foreach (var row in rows)
        {
            using var pass = engine.Forward(row);
            engine.Backward(pass, new TokenCoefficients { LogProbability = [], Value = v[start..(start + row.Targets.Length)] });
            start += row.Targets.Length;
        }

        Assert.All(engine.ReadGradients().Tensors.Zip(other.ReadGradients().Tensors), pair => Assert.Equal(pair.First.Values, pair.Second.Values));
    }

    [Fact]
    public void Backward_ValueWithoutAHead_IsRefused()
    {
        using var engine = SmallModels.Engine(SmallModels.Grouped);
        using var pass = engine.Forward(Batch);
        Assert.Equal("coefficients-invalid", Assert.Throws<CrescentException>(() => engine.Backward(pass, Coefficients(true))).Code);
    }

    private static TokenCoefficients Coefficients(bool reachesTrunk) => new() { LogProbability = [], Value = SmallModels.Random(Batch.Targets.Length, 6), ValueReachesTrunk = reachesTrunk };
}
