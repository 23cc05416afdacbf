namespace Crescent.Kernels.Tensors;

/// <summary>A named float32 tensor in row-major order.</summary>
/// <param name="Name">Hugging Face name.</param>
/// <param name="Shape">One or two dimensions; a matrix is [out, in].</param>
/// <param name="Values">Product of the shape values long.</param>
public sealed record Tensor(string Name, int[] Shape, float[] Values);

/// <summary>Tensors in a fixed order, found by name. The order is part of the bytes that a checkpoint hashes to.</summary>
public sealed class TensorSet
{
    private readonly Dictionary<string, Tensor> byName;

    public TensorSet(IReadOnlyList<Tensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        Tensors = tensors;
        byName = tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
    }

    public IReadOnlyList<Tensor> Tensors { get; }

    /// <exception cref="CrescentException"><c>tensor-missing</c> when there is none of that name.</exception>
    public Tensor this[string name] => byName.TryGetValue(name, out var tensor)
        ? tensor
        : throw new CrescentException("tensor-missing", $"The checkpoint has no tensor '{name}'.");

    public bool Contains(string name) => byName.ContainsKey(name);
}
