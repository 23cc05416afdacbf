namespace Crescent.Kernels.Tensors;

/// <summary>Weights that are no numbers make a model that answers nothing, which looks like an accuracy of 0: they are an outcome of their own.</summary>
internal static class FiniteWeights
{
    /// <summary>The first tensor that holds an infinity or a NaN; null where none does.</summary>
    public static string? FirstBroken(TensorSet weights) => weights.Tensors.FirstOrDefault(tensor => !Array.TrueForAll(tensor.Values, float.IsFinite))?.Name;
}
