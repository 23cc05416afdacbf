using Crescent.Kernels.Engines.Cpu;
using Crescent.Kernels.Jobs;
using Crescent.Kernels.Models;
using Crescent.Kernels.Objectives;
using Crescent.Kernels.Presets;
using Crescent.Kernels.Recovery;
using Crescent.Kernels.Sft;
using Crescent.Kernels.Tensors;
using Crescent.Kernels.Tests.Jobs;

namespace Crescent.Kernels.Tests.Recovery;

/// <summary>Whole recovery runs on the real engine, from a base model that answers in form now and then.</summary>
public sealed class RecoveryAlgorithmTests
{
    private static readonly RecoverySpec Tiny = new TinyPreset().Recovery(1) with { Updates = 2 };
    private static readonly Lazy<byte[]> Start = new(() =>
    {
        var job = new MemoryJob(JobJson.Write(new TinyPreset().BaseTraining(1)), new Dictionary<string, byte[]>());
        new BaseTrainingKernel(new CpuEngineFactory()).Run(job);
        return job.Artifacts["checkpoint-24.safetensors"];
    });

    private static readonly Dictionary<string, RecoverySpec> Variants = new()
    {
        ["grpo"] = Tiny,
        ["dr-grpo"] = Tiny with { Algorithm = "dr-grpo" },
        ["rloo"] = Tiny with { Algorithm = "rloo" },
        ["rloo, k1 in the reward"] = Tiny with { Algorithm = "rloo", Kl = new KlSpec(KlPlace.Reward, KlEstimator.K1, 0.5) },
        ["dapo"] = Tiny with { Algorithm = "dapo", SamplingRounds = 1, Overlong = new OverlongSpec(8), InnerSteps = 2 },
        ["gspo"] = Tiny with { Algorithm = "gspo", InnerSteps = 2 },
        ["grpo, k2 in the loss"] = Tiny with { Kl = new KlSpec(KlPlace.Loss, KlEstimator.K2, 0.5), InnerSteps = 2 },
        ["grpo, two mini-batches"] = Tiny with { MiniBatches = 2 },
        ["grpo, entropy"] = Tiny with { EntropyBonus = 0.1 },
        ["grpo, sequence mean"] = Tiny with { LengthNormalisation = LengthNormalisation.SequenceMean },
        ["ppo"] = Tiny with { Algorithm = "ppo" },
        ["ppo, not to the trunk"] = Tiny with { Algorithm = "ppo", Ppo = new PpoSpec(ReachesTrunk: false) },
        ["ppo, turns"] = Tiny with { Algorithm = "ppo", Ppo = new PpoSpec(PolicyAction.Turn, PrefixWeight: 0.5), ClipLow = 0.1, ClipHigh = 0.1, InnerSteps = 4 },
        ["ppo, k1 in the reward"] = Tiny with { Algorithm = "ppo", Kl = new KlSpec(KlPlace.Reward, KlEstimator.K1, 0.5) },
    };

    private static readonly Dictionary<string, Lazy<MemoryJob>> Jobs = Variants.ToDictionary(pair => pair.Key, pair => new Lazy<MemoryJob>(() => Run(pair.Value)));

    public static TheoryData<string> Names => [.. Variants.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Run_Variant_EndsWithFiniteMetricsAndStartsOnPolicy(string name)
    {
        var job = Jobs[name].Value;
        Assert.Equal(["checkpoint 2", "completed 0"], job.Outcomes);
        Assert.All(job.Metrics, metric => Assert.True(double.IsFinite(metric.Value), metric.Key.Name));
        Assert.Equal(1, job.Metrics[("log-probability-ratio", 1)], 1e-4);
        Assert.Equal(Variants[name].Algorithm == "ppo", job.Artifacts.ContainsKey("value-head-2.safetensors"));
    }

    [Fact]
    public void Run_Variants_AllDiffer() => Assert.Equal(Variants.Count, Jobs.Values.Select(job => job.Value.Hashes["checkpoint-2.safetensors"]).Distinct().Count());

    [Fact]
    public void Run_Ppo_KeepsTheValueHeadApart()
    {
        var job = Jobs["ppo"].Value;
        Assert.Equal(DecoderLayout.Tensors(Tiny.Model).Select(tensor => tensor.Name), Names("checkpoint-2.safetensors"));
        Assert.All(Names("value-head-2.safetensors"), name => Assert.StartsWith(DecoderLayout.ValueHead, name, StringComparison.Ordinal));

        IEnumerable<string> Names(string artifact) => Safetensors.Read(new MemoryStream(job.Artifacts[artifact])).Tensors.Tensors.Select(tensor => tensor.Name);
    }

    [Fact]
    public void Run_NothingMixed_EndsWithItsCauseAndNoCheckpoint()
    {
        var job = Job(Tiny with { Algorithm = "dapo" });
        var thrown = Assert.Throws<CrescentException>(() => new RecoveryKernel(new CpuEngineFactory()).Run(job));
        Assert.Equal("no-mixed-groups", thrown.Code);
        Assert.Contains("4 rounds", thrown.Message, StringComparison.Ordinal);
        Assert.Empty(job.Outcomes);
    }

    [Fact]
    public void Run_ModelThatSolvesNothing_ReportsThatEveryGroupIsAlike()
    {
        var job = Jobs["grpo"].Value;
        Assert.Equal((1, 1, 0), (job.Metrics[("groups-alike", 1)], job.Metrics[("groups-all-wrong", 1)], job.Metrics[("groups-all-right", 1)]));
        Assert.Contains(job.Reports, report => report.Note!?.Contains("every group alike", StringComparison.Ordinal) == true);
    }

    public static TheoryData<string, RecoverySpec> Broken => new()
    {
        { "algorithm", Tiny with { Algorithm = "trpo" } },
        { "groupSize", Tiny with { GroupSize = 1 } },
        { "ppo", Tiny with { Ppo = new PpoSpec(ReachesTrunk: false) } },
        { "divideByDeviation", Tiny with { Algorithm = "rloo", DivideByDeviation = true } },
        { "lengthNormalisation", Tiny with { Algorithm = "gspo", LengthNormalisation = LengthNormalisation.TokenMean } },
        { "kl.place", Tiny with { Kl = new KlSpec(Beta: 0.1) } },
        { "kl.beta", Tiny with { Kl = new KlSpec(KlPlace.Loss) } },
        { "kl.reference", Tiny with { Kl = new KlSpec(KlPlace.Loss, Beta: 1, Reference: "best") } },
        { "dualClip", Tiny with { DualClip = 0.5 } },
        { "miniBatches", Tiny with { MiniBatches = 1000 } },
        { "innerSteps", Tiny with { InnerSteps = 0 } },
        { "samplingRounds", Tiny with { Algorithm = "ppo", SamplingRounds = 3 } },
        { "ppo.prefixWeight", Tiny with { Algorithm = "ppo", Ppo = new PpoSpec(PrefixWeight: 0.5) } },
        { "ppo.tokenDiscount", Tiny with { Algorithm = "ppo", Ppo = new PpoSpec(PolicyAction.Turn, TokenDiscount: 0.9) } },
        { "overlong.buffer", Tiny with { Overlong = new OverlongSpec(-1) } },
        { "entropyBonus", Tiny with { EntropyBonus = double.NaN } },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void Validate_OneContradiction_NamesTheFieldAndOnlyIt(string field, RecoverySpec spec) => Assert.Equal([field], spec.Validate().Select(problem => problem.Field));

    [Fact]
    public void Validate_PpoWithoutGroups_IsSound() => Assert.Empty((Tiny with { Algorithm = "ppo", GroupSize = 1 }).Validate());

    private static MemoryJob Run(RecoverySpec spec)
    {
        var job = Job(spec);
        new RecoveryKernel(new CpuEngineFactory()).Run(job);
        return job;
    }

    private static MemoryJob Job(RecoverySpec spec) => new(JobJson.Write(spec), new Dictionary<string, byte[]> { ["start"] = Start.Value });
}
