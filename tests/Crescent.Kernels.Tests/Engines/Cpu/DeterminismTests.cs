using System.Diagnostics;
using System.Runtime.Intrinsics;
using Crescent.Kernels.Engines;
using Crescent.Kernels.Models;
using Crescent.Kernels.Tensors;

namespace Crescent.Kernels.Tests.Engines.Cpu;

/// <summary>The same bits whatever the threads, the other rows, the split of a batch and the instruction set.</summary>
public sealed class DeterminismTests
{
    private const string DigestFile = "CRESCENT_TEST_DIGEST_FILE";

    [Fact]
    public void Trajectory_OnMoreThreads_GivesTheSameBits()
    {
        var one = Trajectory.Digest(SmallModels.Wide, 1);
        Assert.Equal(one, Trajectory.Digest(SmallModels.Wide, 2));
        Assert.Equal(one, Trajectory.Digest(SmallModels.Wide, 5));
    }

    /// <summary>Also what the child process of the next test runs: it then leaves its digest in a file.</summary>
    [Fact]
    public void Trajectory_Repeated_GivesTheSameBits()
    {
        var digest = Digests();
        Assert.Equal(digest, Digests());
        if (Environment.GetEnvironmentVariable(DigestFile) is { } file)
        {
            File.WriteAllText(file, $"{Vector512.IsHardwareAccelerated} {Vector256.IsHardwareAccelerated} {digest}");
        }
    }

    [Theory]
    [InlineData("EnableAVX512", "False True")]
    [InlineData("EnableAVX", "False False")]
    public async Task Trajectory_WithoutInstructions_GivesTheSameBits(string switchedOff, string expectedAcceleration)
    {
        var file = Path.GetTempFileName();
        try
        {
            ProcessStartInfo start = new("dotnet")
            {
                ArgumentList = { typeof(DeterminismTests).Assembly.Location, "-method", $"{typeof(DeterminismTests).FullName}.{nameof(Trajectory_Repeated_GivesTheSameBits)}" },
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            start.Environment["DOTNET_" + switchedOff] = "0";
            start.Environment["DOTNET_EnableAVX512F"] = "0";
            start.Environment[DigestFile] = file;
            using var child = Process.Start(start)!;
            var error = child.StandardError.ReadToEndAsync();
            var output = await child.StandardOutput.ReadToEndAsync();
            await child.WaitForExitAsync();
            Assert.True(child.ExitCode == 0, output + await error);
            Assert.Equal($"{expectedAcceleration} {Digests()}", await File.ReadAllTextAsync(file));
        }
        finally
        {
            File.Delete(file);
        }
    }

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
