using System.Text;
using Crescent.Kernels.Jobs;
using Crescent.Kernels.Models;
using Crescent.Kernels.Spectra;
using Crescent.Kernels.Tensors;
using Crescent.Kernels.Tests.Jobs;
using Crescent.Kernels.Tests.Numerics;

namespace Crescent.Kernels.Tests.Spectra;

public sealed class SpectraKernelTests
{
    private const string Artifact = "spectra.json";

    private static readonly DecoderSpec Model = new()
    {
        VocabularySize = 20, HiddenSize = 16, Layers = 2, Heads = 2, KeyValueHeads = 2, FeedForwardSize = 40, MaxPositions = 32,
    };

    private static readonly SpectraSpec Spec = new() { Seed = 5, Model = Model, NullDraws = 3 };
    private static readonly TensorSet From = RandomWeights.Of(Model, 1);
    private static readonly TensorSet To = RandomWeights.Of(Model, 2, 0.01f, From);

    private static MemoryJob Job(SpectraSpec? spec = null, TensorSet? from = null) =>
        new(JobJson.Write(spec ?? Spec), new Dictionary<string, byte[]> { ["from"] = RandomWeights.Bytes(from ?? From), ["to"] = RandomWeights.Bytes(To) });

    private static string Digest()
    {
        var job = Job();
        new SpectraKernel().Run(job);
        return job.Hashes[Artifact];
    }

    [Fact]
    public void Run_TwoCheckpoints_ComparesEveryMatrix()
    {
        var job = Job();
        new SpectraKernel().Run(job);
        var result = JobJson.Read<SpectraResult>(Encoding.UTF8.GetString(job.Artifacts[Artifact]));
        Assert.Equal((job.InputHash("from"), job.InputHash("to")), (result.From, result.To));
        Assert.Equal(DecoderLayout.Tensors(Model).Where(tensor => tensor.Shape.Length == 2).Select(tensor => tensor.Name), result.Matrices.Select(matrix => matrix.Name));
        Assert.Equal([-1, .. Enumerable.Repeat(0, 7), .. Enumerable.Repeat(1, 7), -1], result.Matrices.Select(matrix => matrix.Layer));
        Assert.All(result.Matrices, matrix => Assert.All(matrix.Rotations, rotation => Assert.Equal(rotation.K, rotation.LeftAngles.Length)));
        Assert.Equal(2 * Model.Layers * Model.Heads, result.Heads.Count);
        Assert.All(result.Heads, head => Assert.Equal(Model.HeadSize, head.FromValues.Length));
        Assert.All(result.Matrices, matrix => Assert.True(matrix.Rotations[0].NullMeanAngle > 0 && matrix.Rotations[0].HaarMeanAngle > 0));
        var summary = JobJson.Read<SpectraSummary>(job.Payload(OutcomeKinds.Completed, 0));
        Assert.Equal((16, 0L), (summary.Matrices, summary.Compute!.Tokens));
        Assert.Equal(summary.Compute.Flops, job.Metrics.Where(metric => metric.Key.Name == "flops").Sum(metric => metric.Value), summary.Compute.Flops * 1e-12);
    }

    [Fact]
    public void Run_MoreDrawsOrNoChange_CountsWhatIsDone()
    {
        double Flops(MemoryJob job)
        {
            new SpectraKernel().Run(job);
            return JobJson.Read<SpectraSummary>(job.Payload(OutcomeKinds.Completed, 0)).Compute!.Flops;
        }

        double three = Flops(Job(Spec with { HeadNullDraws = 0 })), six = Flops(Job(Spec with { NullDraws = 6, HeadNullDraws = 0 })), nine = Flops(Job(Spec with { NullDraws = 9, HeadNullDraws = 0 }));
        Assert.Equal(nine - six, six - three, three * 1e-12);
        Assert.True(six > three);
        // Nothing random resembles no change, so nothing is drawn.
        Assert.Equal(three - (six - three), Flops(Job(Spec with { HeadNullDraws = 0 }, To)), three * 1e-12);
    }

    [Fact]
    public void Run_StoppedAnywhere_ResumesToSameBytes()
    {
        var uninterrupted = Job();
        new SpectraKernel().Run(uninterrupted);
        var (whole, payload) = (uninterrupted.Hashes[Artifact], uninterrupted.Payload(OutcomeKinds.Completed, 0));
        foreach (var stop in new[] { 1, 2, 9, 15 })
        {
            var job = Job();
            (job.SnapshotDue, job.StopAt) = (true, stop);
            Assert.Throws<OperationCanceledException>(() => new SpectraKernel().Run(job));
            Assert.Empty(job.Artifacts);
            new SpectraKernel().Run(job);
            Assert.Equal(whole, job.Hashes[Artifact]);
            Assert.Equal(payload, job.Payload(OutcomeKinds.Completed, 0));
        }
    }

    [Fact]
    public void Run_TensorMissing_IsRefused()
    {
        var incomplete = new TensorSet([.. From.Tensors.Where(tensor => tensor.Name != DecoderLayout.FinalNorm)]);
        var error = Assert.Throws<CrescentException>(() => new SpectraKernel().Run(Job(from: incomplete)));
        Assert.Equal("checkpoint-mismatch", error.Code);
        Assert.Equal(DecoderLayout.FinalNorm, Assert.Single(error.Problems).Field);
    }

    [Theory]
    [InlineData(1.0, "rank-trivial")]
    [InlineData(0.99, "rank-trivial")]
    [InlineData(0.0, "rank-trivial")]
    public void Run_ShareOfTheWholeRank_IsRefused(double share, string code) =>
        Assert.Equal(code, Assert.Throws<CrescentException>(() => new SpectraKernel().Run(Job(Spec with { RankShares = [share] }))).Code);

    [Fact]
    public void Run_WithoutDraws_IsRefused() => Assert.Equal("spec-invalid", Assert.Throws<CrescentException>(() => new SpectraKernel().Run(Job(Spec with { NullDraws = 0 }))).Code);

    /// <summary>Also what the child process of the next test runs.</summary>
    [Fact]
    public void Run_Again_GivesSameBits()
    {
        var digest = Digest();
        Assert.Equal(digest, Digest());
        InstructionSetChild.Leave(digest);
    }

    [Fact]
    public async Task Run_WithoutWideVectors_GivesSameBits() =>
        Assert.Equal($"False True {Digest()}", await InstructionSetChild.RunAsync(typeof(SpectraKernelTests), nameof(Run_Again_GivesSameBits), "EnableAVX512"));
}
