using Crescent.Kernels.Jobs;
using Crescent.Kernels.Models;

namespace Crescent.Kernels.Tensors;

/// <summary>Loads a job's input checkpoint with strict accounting.</summary>
internal static class CheckpointInput
{
    /// <exception cref="CrescentException"><c>artifact-missing</c>, <c>artifact-damaged</c>, <c>tensors-damaged</c>, <c>checkpoint-mismatch</c>.</exception>
    public static TensorSet Read(IJobContext job, string name, DecoderSpec model)
    {
        var tensors = job.ReadCheckpoint(name);
        StrictAccounting.Check(tensors, model, $"input '{name}'");
        return tensors;
    }
}
