using System.Security.Cryptography;
using Crescent.Kernels.Engines.Cpu;
using Crescent.Kernels.Jobs;
using Crescent.Kernels.Presets;
using Crescent.Kernels.Recovery;
using Crescent.Kernels.Sft;
using Crescent.Kernels.Tests.Jobs;

namespace Crescent.Kernels.Tests.Sft;

/// <summary>The checkpoints of the presets, pinned to the bit: a change here is a change of results that people have.</summary>
public sealed class TrainingGoldenTests
{
    private static readonly TinyPreset Tiny = new();
    private static readonly CpuEngineFactory Engines = new();
    private static readonly Lazy<byte[]> Base = new(() => Checkpoint(new BaseTrainingKernel(Engines), JobJson.Write(Tiny.BaseTraining(1)), [], 24));

    [Fact]
    public void Run_TinyBase_GivesThePinnedCheckpoint() => Assert.Equal("f655a4182e7f5e3574a6a072", Hash(Base.Value));

    [Fact]
    public void Run_TinySft_GivesThePinnedCheckpoint() => Assert.Equal("821fea0546e09fb826f575f3", Hash(Checkpoint(new SftKernel(Engines), JobJson.Write(Tiny.Sft(1)), new() { ["base"] = Base.Value }, 16)));

    [Fact]
    public void Run_TinyRecovery_GivesThePinnedCheckpoint() => Assert.Equal("6f005370ff47c5bd57dd660c", Hash(Checkpoint(new RecoveryKernel(Engines), JobJson.Write(Tiny.Recovery(1)), new() { ["start"] = Base.Value }, 4)));

    [Fact]
    public void Run_TinyBothRules_GivesThePinnedCheckpoint() => Assert.Equal("3f3739d7f610007a4513a8bc", Hash(Checkpoint(new RecoveryKernel(Engines), JobJson.Write(Tiny.BothRules(1)), new() { ["start"] = Base.Value }, 4)));

    private static byte[] Checkpoint(IKernel kernel, string spec, Dictionary<string, byte[]> inputs, int step)
    {
        var job = new MemoryJob(spec, inputs);
        kernel.Run(job);
        return job.Artifacts[$"checkpoint-{step}.safetensors"];
    }

    /// <summary>The first 12 bytes of its SHA-256.</summary>
    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 12));
}
