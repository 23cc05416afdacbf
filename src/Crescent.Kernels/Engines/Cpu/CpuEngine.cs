using System.Runtime.Intrinsics;
using Crescent.Kernels.Models;
using Crescent.Kernels.Numerics;
using Crescent.Kernels.Randomness;
using Crescent.Kernels.Tensors;

namespace Crescent.Kernels.Engines.Cpu;

/// <summary>The engine that is always there: plain C#, float32, and the same bits on every machine whatever the threads, the batch and the instruction set (docs/adr/0003-cpu-engine-determinism.md).</summary>
public sealed unsafe class CpuEngine : IEngine
{
    private readonly DecoderParameters parameters;
    private readonly DecoderForward forward;
    private readonly PackedWeights forwardWeights;
    private readonly Rotary rotary;
    private readonly AdamW optimizer;
    private readonly WorkerThreads workers = new();
    private readonly List<RowsWorker> rowsWorkers = [];
    private readonly Stack<PassMemory> spare = new();
    private DecoderGradients? gradients;
    private DecoderBackward? backward;
    private DecoderGeneration? generation;
    private bool disposed;

    private CpuEngine(DecoderSpec model)
    {
        Model = model;
        parameters = new DecoderParameters(model);
        forwardWeights = new PackedWeights(model, parameters, forward: true);
        rotary = new Rotary(model);
        forward = new DecoderForward(model, parameters, forwardWeights, rotary);
        optimizer = new AdamW(parameters);
    }

    public DecoderSpec Model { get; }

    public EngineInfo Info { get; } = new("cpu", InstructionSet, BitExact: true);

    public int Threads
    {
        get => workers.Count;
        set => workers.Count = value;
    }

    public IReadOnlySet<string> Frozen
    {
        get;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            foreach (var name in value)
            {
                if (!parameters.Slots.Any(slot => slot.Name == name))
                {
                    throw new CrescentException("tensor-missing", $"The model has no tensor '{name}' to freeze.");
                }
            }

            field = value;
        }
    } = new HashSet<string>();

    private static string InstructionSet => Vector512.IsHardwareAccelerated ? "AVX-512" : Vector256.IsHardwareAccelerated ? "AVX2" : "baseline";

    /// <summary>An engine with these weights, one thread, and no optimizer state.</summary>
    /// <exception cref="CrescentException"><c>model-invalid</c>, <c>tensor-missing</c>, <c>tensor-invalid</c>.</exception>
    public static CpuEngine Create(DecoderSpec model, TensorSet weights)
    {
        DecoderRules.Check(model);
        ArgumentNullException.ThrowIfNull(weights);
        var engine = new CpuEngine(model);
        engine.WriteWeights(weights);
        return engine;
    }

    public IForwardPass Forward(TokenBatch batch, float temperature = 1, IEngine? reference = null, ReadOnlyMemory<float> embeddingNoise = default)
    {
        var plan = Plan(batch, temperature);
        if (embeddingNoise.Length != 0 && embeddingNoise.Length != batch.Tokens.Length * Model.HiddenSize)
        {
            throw new CrescentException("batch-invalid", $"The embedding noise has {embeddingNoise.Length} values; it needs {batch.Tokens.Length} tokens x {Model.HiddenSize}, or none.");
        }

        var other = Reference(reference);
        var memory = spare.Count > 0 ? spare.Pop() : new PassMemory(Model);
        memory.Reserve(batch.Tokens.Length, batch.Targets.Length, forward.LogitPitch, other is not null);
        return new CpuForwardPass(this, memory, plan, temperature, parameters.Version, other is not null)
        {
            Statistics = Evaluate(plan, temperature, other, embeddingNoise, memory),
        };
    }

    public TokenStatistics Score(TokenBatch batch, float temperature = 1, IEngine? reference = null) => Evaluate(Plan(batch, temperature), temperature, Reference(reference), default, null);

    public void Backward(IForwardPass pass, TokenCoefficients coefficients)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        ArgumentNullException.ThrowIfNull(coefficients);
        if (pass is not CpuForwardPass own || own.Engine != this || own.IsDisposed || own.Version != parameters.Version)
        {
            throw new CrescentException("pass-stale", "The pass belongs to another engine, has been disposed, or was made before the weights changed; run Forward again.");
        }

        CheckCoefficients(own, coefficients);
        gradients ??= new DecoderGradients(Model, parameters);
        backward ??= new DecoderBackward(Model, parameters, gradients, new PackedWeights(Model, parameters, forward: false), rotary);
        backward.Run(own, coefficients, workers);
    }

    public StepReport Step(AdamWSpec optimizer, double learningRate)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        ArgumentNullException.ThrowIfNull(optimizer);
        if (!double.IsFinite(learningRate) || learningRate < 0)
        {
            throw new CrescentException("step-invalid", $"The learning rate is {learningRate}; it must be finite and not negative.");
        }

        if (gradients is not { Any: true })
        {
            throw new CrescentException("step-invalid", "There is no gradient to step along; call Backward first.");
        }

        var values = gradients.Join();
        var norm = this.optimizer.Norm(values, Frozen);
        var finite = double.IsFinite(norm);
        if (finite)
        {
            var factor = optimizer.ClipNorm > 0 && norm > optimizer.ClipNorm ? optimizer.ClipNorm / (norm + 1e-6) : 1;
            this.optimizer.Step(optimizer, learningRate, (float)factor, values, Frozen, workers);
        }

        gradients.Clear();
        return new StepReport(norm, finite);
    }

    public Generation[] Generate(IReadOnlyList<int[]> prompts, SamplingSpec sampling, IReadOnlyList<RandomKey> keys)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        forwardWeights.Refresh(workers);
        generation ??= new DecoderGeneration(forward);
        return generation.Run(prompts, sampling, keys, workers, parameters.Version);
    }

    public TensorSet ReadWeights() => new([.. parameters.Export(parameters.Weights)]);

    public void WriteWeights(TensorSet weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        parameters.Import(weights, [("", parameters.Weights)]);
        parameters.Changed();
    }

    public TensorSet ReadOptimizer() => optimizer.Export();

    public void WriteOptimizer(TensorSet optimizer)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        this.optimizer.Import(optimizer);
    }

    public TensorSet ReadGradients() => (gradients ??= new DecoderGradients(Model, parameters)).Export();

    public void Dispose()
    {
        disposed = true;
        workers.Dispose();
        spare.Clear();
    }

    internal void Return(PassMemory memory)
    {
        if (!disposed)
        {
            spare.Push(memory);
        }
    }

    private BatchPlan Plan(TokenBatch batch, float temperature)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        if (!float.IsFinite(temperature) || temperature <= 0)
        {
            throw new CrescentException("batch-invalid", $"The temperature is {temperature}; it must be finite and above 0.");
        }

        forwardWeights.Refresh(workers);
        return new BatchPlan(batch, Model.VocabularySize, Model.MaxPositions);
    }

    private DecoderForward? Reference(IEngine? reference)
    {
        if (reference is null)
        {
            return null;
        }

        if (reference is not CpuEngine other || other.Model.VocabularySize != Model.VocabularySize)
        {
            throw new CrescentException("reference-invalid", "The reference must be a CPU engine with the same vocabulary.");
        }

        ObjectDisposedException.ThrowIf(other.disposed, other);
        other.forwardWeights.Refresh(workers);
        return other.forward;
    }

    private TokenStatistics Evaluate(BatchPlan plan, float temperature, DecoderForward? reference, ReadOnlyMemory<float> noise, PassMemory? memory)
    {
        while (rowsWorkers.Count < workers.Count)
        {
            rowsWorkers.Add(new RowsWorker(Model));
        }

        var recorder = new StatisticsRecorder(plan.Batch, Model.VocabularySize, reference is not null, Model.ValueHead);
        workers.Run(plan.Chunks.Count, (task, worker) =>
        {
            var (chunk, own) = (plan.Chunks[task], rowsWorkers[worker]);
            own.Reserve(chunk.Targets, forward.LogitPitch, memory is null, reference is not null && memory is null);
            var row = (nint)chunk.FirstTarget * forward.LogitPitch;
            var logP = memory is null ? own.LogP : memory.LogP + row;
            var logQ = reference is null ? null : memory is null ? own.LogQ : memory.LogQ + row;
            var rows = own.Rows(Model);
            rows.Run(forward, plan.Batch, chunk, noise.Span, memory?.Activations, null);
            var scales = memory is null ? own.Scales : memory.Scales + chunk.FirstTarget;
            rows.PredictTargets(forward, temperature, scales, logP);
            if (Model.ValueHead)
            {
                rows.Value(forward, scales, recorder.Statistics.Value.AsSpan(chunk.FirstTarget, chunk.Targets));
            }

            if (reference is not null)
            {
                rows = own.Rows(reference.Model);
                rows.Run(reference, plan.Batch, chunk, default, null, null);
                rows.PredictTargets(reference, temperature, own.Scales, logQ);
            }

            for (var i = 0; i < chunk.Targets; i++)
            {
                recorder.Record(chunk.FirstTarget + i, logP + (nint)i * forward.LogitPitch, logQ is null ? null : logQ + (nint)i * forward.LogitPitch);
            }
        });
        return recorder.Statistics;
    }

    private static void CheckCoefficients(CpuForwardPass pass, TokenCoefficients coefficients)
    {
        var targets = pass.Plan.Batch.Targets.Length;
        (string Name, float[] Values, bool NeedsReference)[] all =
        [
            (nameof(coefficients.LogProbability), coefficients.LogProbability, false), (nameof(coefficients.Entropy), coefficients.Entropy, false),
            (nameof(coefficients.ReverseKl), coefficients.ReverseKl, true), (nameof(coefficients.ForwardKl), coefficients.ForwardKl, true), (nameof(coefficients.SumOfSquares), coefficients.SumOfSquares, false),
        ];
        foreach (var (name, values, needsReference) in all)
        {
            if (values.Length != 0 && values.Length != targets)
            {
                throw new CrescentException("coefficients-invalid", $"{name} has {values.Length} values for {targets} supervised tokens; give one each, or none.");
            }

            if (values.Length != 0 && needsReference && !pass.HasReference)
            {
                throw new CrescentException("coefficients-invalid", $"{name} needs a pass made with a reference.");
            }
        }

        if (coefficients.Value.Length != 0 && (coefficients.Value.Length != targets || !pass.Engine.Model.ValueHead))
        {
            throw new CrescentException("coefficients-invalid", $"{nameof(coefficients.Value)} has {coefficients.Value.Length} values for {targets} supervised tokens of a model {(pass.Engine.Model.ValueHead ? "with" : "without")} a value head; give one each, or none.");
        }
    }
}
