using System.Text;
using Crescent.Kernels.Tensors;

namespace Crescent.Kernels.Jobs;

/// <summary>Reads the inputs of jobs.</summary>
public static class JobInputs
{
    /// <summary>The weights of an input that is a checkpoint.</summary>
    /// <exception cref="CrescentException"><c>artifact-missing</c>, <c>artifact-damaged</c>, <c>tensors-damaged</c>, <c>not-finite</c>.</exception>
    public static TensorSet ReadCheckpoint(this IJobContext job, string name)
    {
        ArgumentNullException.ThrowIfNull(job);
        using var stream = job.OpenInput(name);
        var weights = Safetensors.Read(stream).Tensors;
        return FiniteWeights.FirstBroken(weights) is not { } broken
            ? weights
            : throw new CrescentException("not-finite", $"The checkpoint '{name}' holds a value that is not a number, in {broken}. The training run that made it diverged; start from another, or train it again with a lower learningRate.peak.");
    }

    /// <summary>The last snapshot, where it is JSON in the dialect of <see cref="JobJson"/>; null to start from zero.</summary>
    public static T? ReadJsonSnapshot<T>(this IJobContext job)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(job);
        using var stream = job.OpenSnapshot();
        if (stream is null)
        {
            return null;
        }

        using var reader = new StreamReader(stream, Encoding.UTF8);
        return JobJson.Read<T>(reader.ReadToEnd());
    }
}
