using Crescent.Kernels.Engines.Cpu;
using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Jobs;
using Crescent.Kernels.Objectives;
using Crescent.Kernels.Presets;
using Crescent.Kernels.Recovery;
using Crescent.Kernels.Sft;
using Crescent.Kernels.Tensors;
using Crescent.Kernels.Tests.Jobs;

namespace Crescent.Kernels.Tests.Sft;

/// <summary>The kernels on the real engine: interrupted anywhere, a job ends with the same bytes.</summary>
public sealed class TrainingKernelTests
{
    private static readonly TinyPreset Tiny = new();
    private static readonly CpuEngineFactory Engines = new();
    private static readonly Lazy<byte[]> BaseCheckpoint = new(() => Wholes![JobKinds.BaseTraining].Value.Artifacts["checkpoint-24.safetensors"]);
    private static readonly Dictionary<string, Func<(IKernel Kernel, MemoryJob Job)>> Jobs = new()
    {
        [JobKinds.BaseTraining] = Base,
        [JobKinds.Sft] = () => (new SftKernel(Engines), new MemoryJob(JobJson.Write(Tiny.Sft(1)), Input("base"))),
        ["psft"] = () => Sft(new ObjectiveSpec("psft") { RefreshEvery = 3 }),
        ["eksft-released"] = () => Sft(new ObjectiveSpec("eksft-released")),
        ["neftune"] = () => Sft(new ObjectiveSpec("neftune")),
        [JobKinds.Recovery] = () => (new RecoveryKernel(Engines), new MemoryJob(JobJson.Write(Tiny.BothRules(1)), Input("start"))),
        ["ppo"] = () => Recovery(spec => spec with { Algorithm = "ppo", InnerSteps = 2 }),
        ["dapo"] = () => Recovery(spec => spec with { Algorithm = "dapo", SamplingRounds = 1, MiniBatches = 2, Kl = new KlSpec(KlPlace.Loss, KlEstimator.K3, 0.05) }),
        [JobKinds.Evaluation] = () => (new EvaluationKernel(Engines), new MemoryJob(JobJson.Write(Tiny.Evaluation(1)), Input("checkpoint"))),
    };

    private static readonly Dictionary<string, Lazy<MemoryJob>> Wholes = Jobs.ToDictionary(pair => pair.Key, pair => new Lazy<MemoryJob>(() => Whole(pair.Value())));

    public static TheoryData<string> Kinds => [.. Jobs.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Run_StoppedAgainAndAgainAndResumed_GivesTheSameArtifacts(string kind)
    {
        var whole = Wholes[kind].Value;
        var (kernel, job) = Jobs[kind]();
        job.SnapshotDue = true;
        var stops = 0;
        for (var running = true; running;)
        {
            // Stopped again and again, so each piece starts from the snapshot of the one before.
            job.StopAt = job.Boundaries + (kind == JobKinds.Evaluation ? 1 : 2);
            try
            {
                kernel.Run(job);
                running = false;
            }
            catch (OperationCanceledException)
            {
                stops++;
                Assert.NotNull(job.Snapshot);
            }
        }

        Assert.True(stops > 1);
        Assert.Equal(whole.Hashes, job.Hashes);
        Assert.Equal(whole.Outcomes, job.Outcomes);
        Assert.Equal(whole.Metrics, job.Metrics);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Run_TwoThreads_GivesTheSameArtifacts(string kind)
    {
        var (kernel, job) = Jobs[kind]();
        job.Threads = 2;
        kernel.Run(job);
        Assert.Equal(Wholes[kind].Value.Hashes, job.Hashes);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Run_Finished_RunsAgainAsANoOp(string kind)
    {
        var (kernel, job) = Jobs[kind]();
        kernel.Run(job);
        var before = job.Hashes;
        kernel.Run(job);
        Assert.Equal(before, job.Hashes);
        Assert.Equal((job.Reports[^1].Total, job.Reports[^1].Total), (job.Reports[^1].Done, job.Reports[^1].Total));
    }

    [Fact]
    public void Run_Sft_CommitsEachCheckpointThenCompleted()
    {
        var job = Wholes[JobKinds.Sft].Value;
        Assert.Equal(["checkpoint 0", "checkpoint 4", "checkpoint 8", "checkpoint 16", "completed 0"], job.Outcomes);
        Assert.Equal(BaseCheckpoint.Value, job.Artifacts["checkpoint-0.safetensors"]);
        Assert.Equal(4, job.Artifacts.Values.Select(Convert.ToBase64String).Distinct().Count());
        Assert.True(job.Metrics[("loss", 16)] < job.Metrics[("loss", 1)]);
    }

    [Theory]
    [InlineData("sft")]
    [InlineData("psft")]
    [InlineData("neftune")]
    public void Run_SftTakenUpAfterItsEnd_MakesWhatIsMissingAndGoesNoFurther(string objective)
    {
        var (kernel, job) = Sft(new ObjectiveSpec(objective));
        kernel.Run(job);
        var (again, asked) = Sft(new ObjectiveSpec(objective));
        asked.Wanted = [0, 4, 6, 8, 16];
        again.Run(asked);

        var (computed, summary) = (job.Boundaries, job.Payload(OutcomeKinds.Completed, 0));
        (job.Wanted, job.Snapshot) = ([0, 4, 6, 8, 16], job.Snapshots[4]);
        kernel.Run(job);

        Assert.Equal(2, job.Boundaries - computed);
        Assert.Equal(asked.Hashes.OrderBy(pair => pair.Key), job.Hashes.OrderBy(pair => pair.Key));
        Assert.Equal(summary, asked.Payload(OutcomeKinds.Completed, 0));
    }

    [Fact]
    public void Run_StepWantedWhileTheJobRuns_IsCommitted()
    {
        var (kernel, job) = Sft(new ObjectiveSpec());
        job.StopAt = 3;
        Assert.Throws<OperationCanceledException>(() => kernel.Run(job));
        job.Wanted = [0, 4, 6, 8, 16];

        kernel.Run(job);

        Assert.Contains("checkpoint 6", job.Outcomes);
    }

    [Fact]
    public void Run_StepOutsideTheRunIsWanted_IsRefused()
    {
        var (kernel, job) = Sft(new ObjectiveSpec());
        job.Wanted = [4, 17];

        Assert.Equal("schedule-invalid", Assert.Throws<CrescentException>(() => kernel.Run(job)).Code);
        Assert.Empty(job.Outcomes);
    }

    public static TheoryData<ObjectiveSpec> LikePlainSft =>
    [
        new ObjectiveSpec("eksft") { Ratio = 0, LambdaEntropy = 0, LambdaKl = 0 },
        new ObjectiveSpec("psft") { RefreshEvery = 1 },
        new ObjectiveSpec("neftune") { Alpha = 0 },
        new ObjectiveSpec("eaft") { Alpha = 0 },
        new ObjectiveSpec("sft-kl") { Lambda = 0 },
    ];

    [Theory]
    [MemberData(nameof(LikePlainSft))]
    public void Run_ObjectiveSetToPlainSft_IsItBitForBit(ObjectiveSpec objective)
    {
        var (kernel, job) = Sft(objective);
        kernel.Run(job);
        Assert.Equal(Wholes[JobKinds.Sft].Value.Hashes, job.Hashes);
    }

    [Fact]
    public void Run_EveryObjective_LearnsSomethingOfItsOwn()
    {
        var hashes = ObjectiveCatalogue.Names.Where(name => name != "rho-1").Select(name =>
        {
            var (kernel, job) = Sft(new ObjectiveSpec(name));
            kernel.Run(job);
            return job.Hashes["checkpoint-16.safetensors"];
        }).ToList();
        Assert.Equal(hashes.Count, hashes.Distinct().Count());
    }

    [Fact]
    public void Run_ExcessLossAgainstTheStart_IsRefused()
    {
        var job = new MemoryJob(JobJson.Write(Tiny.Sft(1) with { Objective = new ObjectiveSpec("rho-1") { Reference = new string('a', 64) } }), new Dictionary<string, byte[]> { ["base"] = BaseCheckpoint.Value, ["reference"] = BaseCheckpoint.Value });
        Assert.Contains("objective.reference", Assert.Throws<CrescentException>(() => new SftKernel(Engines).Run(job)).Message, StringComparison.Ordinal);
        Assert.Empty(job.Outcomes);
    }

    [Fact]
    public void Run_SftWithFrozenEmbeddings_ChangesOnlyTheMatricesOfBlocks()
    {
        var job = new MemoryJob(JobJson.Write(Tiny.Sft(1) with { FreezeEmbeddings = true }), Input("base"));
        new SftKernel(Engines).Run(job);
        var (before, after) = (Weights(job, 0), Weights(job, 16));
        foreach (var tensor in before.Tensors)
        {
            Assert.Equal(tensor.Name.Contains("_proj", StringComparison.Ordinal), !tensor.Values.SequenceEqual(after[tensor.Name].Values));
        }
    }

    public static TheoryData<string, Func<SftSpec>> Diverging => new()
    {
        { "no longer a number", () => Tiny.Sft(1) with { LearningRate = new LearningRateSpec(1e30), Optimizer = new() { ClipNorm = 0 } } },
        { "gradient's norm is", () => Tiny.Sft(1) with { Objective = new ObjectiveSpec("sft-kl") { Lambda = 1e12 } } },
        { "no longer all numbers after step 1", () => Tiny.Sft(1) with { Steps = 1, Checkpoints = [1], LearningRate = new LearningRateSpec(1e60) } },
    };

    /// <summary>An outcome with its cause and cure, and no checkpoint of what has come of it.</summary>
    [Theory]
    [MemberData(nameof(Diverging))]
    public void Run_Diverging_EndsWithItsCauseAndCure(string cause, Func<SftSpec> spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var job = new MemoryJob(JobJson.Write(spec()), Input("base"));
        var thrown = Assert.Throws<CrescentException>(() => new SftKernel(Engines).Run(job));
        Assert.Equal(("training-diverged", false), (thrown.Code, thrown.Retryable));
        Assert.Contains(cause, thrown.Message, StringComparison.Ordinal);
        Assert.Contains("learningRate.peak", thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("completed 0", job.Outcomes);
    }

    [Fact]
    public void Run_RecoveryThatDiverges_EndsAsDiverged()
    {
        var spec = Tiny.Recovery(1) with { LearningRate = new LearningRateSpec(1e60) };
        var job = new MemoryJob(JobJson.Write(spec), Input("start"));
        Assert.Equal("training-diverged", Assert.Throws<CrescentException>(() => new RecoveryKernel(Engines).Run(job)).Code);
        Assert.Empty(job.Outcomes);
    }

    [Fact]
    public void Run_CheckpointOfADivergedRun_IsRefusedByWhatStartsFromIt()
    {
        var weights = Safetensors.Read(new MemoryStream(BaseCheckpoint.Value)).Tensors;
        weights.Tensors[^1].Values[0] = float.NaN;
        using var broken = new MemoryStream();
        Safetensors.Write(broken, weights, new Dictionary<string, string>());
        (IKernel Kernel, string Spec, string Input)[] jobs =
        [
            (new SftKernel(Engines), JobJson.Write(Tiny.Sft(1)), "base"), (new RecoveryKernel(Engines), JobJson.Write(Tiny.Recovery(1)), "start"),
            (new EvaluationKernel(Engines), JobJson.Write(Tiny.Evaluation(1)), "checkpoint"),
        ];
        foreach (var (kernel, spec, input) in jobs)
        {
            var inputs = new Dictionary<string, byte[]> { ["base"] = BaseCheckpoint.Value, [input] = broken.ToArray() };
            var thrown = Assert.Throws<CrescentException>(() => kernel.Run(new MemoryJob(spec, inputs)));
            Assert.Equal("not-finite", thrown.Code);
            Assert.Contains($"'{input}'", thrown.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Run_BrokenSpec_IsRefusedBeforeAnythingIsCommitted()
    {
        var job = new MemoryJob(JobJson.Write(Tiny.Sft(1) with { Batch = 0 }), Input("base"));
        Assert.Equal("spec-invalid", Assert.Throws<CrescentException>(() => new SftKernel(Engines).Run(job)).Code);
        Assert.Empty(job.Outcomes);
    }

    [Fact]
    public void Run_Recovery_ShuffledRewardLearnsSomethingElse()
    {
        var main = Whole((new RecoveryKernel(Engines), new MemoryJob(JobJson.Write(Tiny.Recovery(1)), Input("start"))));
        var shuffled = Whole((new RecoveryKernel(Engines), new MemoryJob(JobJson.Write(Tiny.ShuffledReward(1)), Input("start"))));
        Assert.Equal(["checkpoint 4", "completed 0"], main.Outcomes);
        Assert.NotEqual(main.Hashes, shuffled.Hashes);
        Assert.Equal(main.Metrics[("solved-within-2", 1)], shuffled.Metrics[("solved-within-2", 1)]);
        Assert.Equal(1, main.Metrics[("log-probability-ratio", 1)], 4);
    }

    [Fact]
    public void Run_Evaluation_PayloadIsTheSummaryOfItsRecord()
    {
        var job = Wholes[JobKinds.Evaluation].Value;
        var record = JobJson.Read<EvaluationRecord>(System.Text.Encoding.UTF8.GetString(job.Artifacts[EvaluationKernel.Artifact]));
        var payload = JobJson.Read<EvaluationSummary>(job.Payload(OutcomeKinds.Completed, 0));
        Assert.True(payload.Compute!.GeneratedTokens > record.Episodes.Count);
        Assert.Equal(JobJson.Write(Evaluator.Summarise(record)), JobJson.Write(payload with { Compute = null }));
        Assert.Equal(EvaluationDeals.Of(Tiny.Evaluation(1)).Count, record.Episodes.Count);
    }

    private static (IKernel Kernel, MemoryJob Job) Base() =>
        (new BaseTrainingKernel(Engines), new MemoryJob(JobJson.Write(Tiny.BaseTraining(1)), new Dictionary<string, byte[]>()));

    private static (IKernel Kernel, MemoryJob Job) Recovery(Func<RecoverySpec, RecoverySpec> change) =>
        (new RecoveryKernel(Engines), new MemoryJob(JobJson.Write(change(Tiny.Recovery(1))), Input("start")));

    private static (IKernel Kernel, MemoryJob Job) Sft(ObjectiveSpec objective)
    {
        var inputs = Input("base");
        inputs["reference"] = BaseCheckpoint.Value;
        return (new SftKernel(Engines), new MemoryJob(JobJson.Write(Tiny.Sft(1) with { Objective = objective }), inputs));
    }

    private static MemoryJob Whole((IKernel Kernel, MemoryJob Job) run)
    {
        run.Kernel.Run(run.Job);
        return run.Job;
    }

    private static Dictionary<string, byte[]> Input(string name) => new() { [name] = BaseCheckpoint.Value };

    private static TensorSet Weights(MemoryJob job, int step)
    {
        using var stream = new MemoryStream(job.Artifacts[$"checkpoint-{step}.safetensors"]);
        return Safetensors.Read(stream).Tensors;
    }
}
