namespace Crescent.Grains.State;

/// <summary>Names a stored state and the version of its shape, so that classes may be renamed and shapes may change without losing what is stored.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class StoredAsAttribute(string name, int version) : Attribute
{
    public string Name { get; } = name;

    public int Version { get; } = version;
}
