using Crescent.Kernels.Engines;
using Crescent.Kernels.Models;
using Crescent.Kernels.Tensors;
using Crescent.Kernels.Tests.Numerics;

namespace Crescent.Kernels.Tests.Engines.Cpu;

/// <summary>The same bits whatever the threads, the other rows, the split of a batch and the instruction set.</summary>
public sealed class DeterminismTests
{
    [Fact]
    public void Trajectory_OnMoreThreads_GivesTheSameBits()
    {
        var one = Trajectory.Digest(SmallModels.Wide, 1);
        Assert.Equal(one, Trajectory.Digest(SmallModels.Wide, 2));
        Assert.Equal(one, Trajectory.Digest(SmallModels.Wide, 5));
    }

    /// <summary>Also what the child process of the next test runs.</summary>
    [Fact]
    public void Trajectory_Repeated_GivesTheSameBits()
    {
        var digest = Digests();
        Assert.Equal(digest, Digests());
        InstructionSetChild.Leave(digest);
    }

    [Theory]
    [InlineData("EnableAVX512", "False True")]
    [InlineData("EnableAVX", "False False")]
    public async Task Trajectory_WithoutInstructions_GivesTheSameBits(string switchedOff, string expectedAcceleration) => Assert.Equal(
        $"{expectedAcceleration} {Digests()}", await InstructionSetChild.RunAsync(typeof(DeterminismTests), nameof(Trajectory_Repeated_GivesTheSameBits), switchedOff));

    [Fact]
    public void Forward_RowAmongOthers_HasTheBitsOfTheRowAlone()
    {
        int[] lengths = [30, 80, 5, 64, 17, 2, 79, 33];
        var batch = SmallModels.Batch(SmallModels.Wide, lengths);
        using var engine = SmallModels.Engine(SmallModels.Wide);
        var together = engine.Score(batch);
        List<float> alone = [];
        for (var row = 0; row < batch.Rows; row++)
        {
            alone.AddRange(engine.Score(Rows(batch, row, row + 1)).LogProbability);
        }

        Assert.Equal(together.LogProbability, alone);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Backward_BatchSplit_GivesTheSameBits(bool tied)
    {
        var model = SmallModels.Wide with { TieEmbeddings = tied };
        var batch = SmallModels.Batch(model, [.. Enumerable.Range(0, 40).Select(row => 1 + row * 37 % 80)], supervised: 0.5);
        var whole = Gradients(model, batch, [0, 40]);
        Assert.Equal(whole, Gradients(model, batch, [0, 13, 14, 40]));
        Assert.Equal(whole, Gradients(model, batch, [.. Enumerable.Range(0, 41)]));
    }

    private static string Digests() => Trajectory.Digest(SmallModels.Wide, 1) + Trajectory.Digest(SmallModels.Tied, 2);

    private static List<float> Gradients(DecoderSpec model, TokenBatch batch, int[] cuts)
    {
        using var engine = SmallModels.Engine(model);
        foreach (var (first, end) in cuts.Zip(cuts.Skip(1)))
        {
            var part = Rows(batch, first, end);
            using var pass = engine.Forward(part);
            engine.Backward(pass, new TokenCoefficients
            {
                LogProbability = [.. part.Targets.Select(target => 0.01f * (part.Tokens[target] - 20))],
                Entropy = [.. part.Targets.Select(target => 0.02f * part.Tokens[target])],
            });
        }

        return [.. engine.ReadGradients().Tensors.SelectMany(tensor => tensor.Values)];
    }

    private static TokenBatch Rows(TokenBatch batch, int first, int end)
    {
        var (start, stop) = (batch.Offsets[first], batch.Offsets[end]);
        return new TokenBatch(
            batch.Tokens[start..stop],
            [.. batch.Offsets[first..(end + 1)].Select(offset => offset - start)],
            [.. batch.Targets.Where(target => target >= start && target < stop).Select(target => target - start)]);
    }
}
