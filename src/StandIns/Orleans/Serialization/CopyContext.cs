namespace Orleans.Serialization;

/// <summary>The objects already copied in one call, so that shared and cyclic references stay so.</summary>
internal sealed class CopyContext
{
    private readonly Dictionary<object, object> _copies = new(ReferenceEqualityComparer.Instance);

    public bool TryGetCopy(object original, out object? copy) => _copies.TryGetValue(original, out copy);

    public void Record(object original, object copy) => _copies[original] = copy;

    public object? Copy(object? original) => DeepCopier.Copy(original, this);
}
