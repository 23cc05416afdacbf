using System.Globalization;
using Crescent.Kernels.Accounting;
using Crescent.Kernels.Jobs;
using Crescent.Kernels.Models;
using Crescent.Kernels.Tensors;

namespace Crescent.Kernels.Sft;

/// <summary>Everything that a training job continues from: steps done, weights and optimizer, the old policy where there is one, and what has been computed so far. The data needs no state: it is a function of the step.</summary>
internal sealed record TrainingSnapshot(int Step, TensorSet Weights, TensorSet Optimizer, TensorSet Reference, ComputeUse Compute)
{
    private const string WeightPrefix = "weights/", OptimizerPrefix = "optimizer/", ReferencePrefix = "reference/", StepKey = "step", ComputeKey = "compute";

    public static TrainingSnapshot Take(MeteredEngine engine, int step, ReferencePolicy? reference) => new(step, engine.ReadWeights(), engine.ReadOptimizer(), reference?.Kept ?? new TensorSet([]), engine.Use);

    /// <exception cref="CrescentException"><c>tensors-damaged</c>.</exception>
    public static TrainingSnapshot Read(Stream stream)
    {
        var (tensors, metadata) = Safetensors.Read(stream);
        if (!metadata.TryGetValue(StepKey, out var text) || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var step))
        {
            throw new CrescentException("tensors-damaged", "The snapshot does not say which step it continues from. Start the job again without it.");
        }

        return new TrainingSnapshot(step, Part(tensors, WeightPrefix), Part(tensors, OptimizerPrefix), Part(tensors, ReferencePrefix), JobJson.Read<ComputeUse>(metadata.GetValueOrDefault(ComputeKey, "{}")));
    }

    public void Write(Stream stream)
    {
        var tensors = Prefixed(Weights, WeightPrefix).Concat(Prefixed(Optimizer, OptimizerPrefix)).Concat(Prefixed(Reference, ReferencePrefix));
        Safetensors.Write(stream, new TensorSet([.. tensors]), new Dictionary<string, string> { [StepKey] = Step.ToString(CultureInfo.InvariantCulture), [ComputeKey] = JobJson.Write(Compute) });
    }

    /// <summary>The weights alone, as others load them. Bytes depend on the weights only.</summary>
    public void WriteCheckpoint(Stream stream) => Safetensors.Write(stream, new TensorSet([.. Weights.Tensors.Where(tensor => !IsValueHead(tensor))]), new Dictionary<string, string>());

    /// <summary>The value head alone, which belongs to no model that others load.</summary>
    public void WriteValueHead(Stream stream) => Safetensors.Write(stream, new TensorSet([.. Weights.Tensors.Where(IsValueHead)]), new Dictionary<string, string>());

    public bool HasValueHead => Weights.Tensors.Any(IsValueHead);

    private static bool IsValueHead(Tensor tensor) => tensor.Name.StartsWith(DecoderLayout.ValueHead, StringComparison.Ordinal);

    private static IEnumerable<Tensor> Prefixed(TensorSet set, string prefix) => set.Tensors.Select(tensor => tensor with { Name = prefix + tensor.Name });

    private static TensorSet Part(TensorSet set, string prefix) =>
        new([.. set.Tensors.Where(tensor => tensor.Name.StartsWith(prefix, StringComparison.Ordinal)).Select(tensor => tensor with { Name = tensor.Name[prefix.Length..] })]);
}
