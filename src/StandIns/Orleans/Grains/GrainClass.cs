using System.Collections.Immutable;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;
using Orleans.Metadata;

namespace Orleans.Runtime;

/// <summary>A grain class: its type name, the properties its attributes give it, and how instances are made.</summary>
internal sealed class GrainClass
{
    private readonly ParameterInfo[] _facets;
    private readonly Lazy<ObjectFactory> _create;

    public GrainClass(Type type)
    {
        Class = type;
        Type = type.GetCustomAttribute<GrainTypeAttribute>()?.GetGrainType(null!, type) ?? GrainType.Create(ConventionalName(type));
        IsReentrant = type.IsDefined(typeof(ReentrantAttribute), inherit: true);
        KeepAlive = type.IsDefined(typeof(KeepAliveAttribute), inherit: true);
        _facets = [.. type.GetConstructors().SelectMany(c => c.GetParameters()).Where(p => p.IsDefined(typeof(PersistentStateAttribute)))];
        _create = new(() => ActivatorUtilities.CreateFactory(type, [.. _facets.Select(p => p.ParameterType)]));
    }

    public Type Class { get; }

    public GrainType Type { get; }

    public bool IsReentrant { get; }

    public bool KeepAlive { get; }

    public object CreateInstance(Activation activation)
    {
        try
        {
            return _create.Value(activation.ActivationServices, [.. _facets.Select(p => PersistentStates.Create(activation, p))]);
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"Failed to create an instance of grain type '{Class}'. See InnerException for details.", exception);
        }
    }

    public GrainProperties Properties(IServiceProvider services)
    {
        var properties = new Dictionary<string, string>();
        foreach (var attribute in Class.GetCustomAttributes(inherit: true).OfType<IGrainPropertiesProviderAttribute>())
        {
            attribute.Populate(services, Class, Type, properties);
        }

        return new(properties.ToImmutableDictionary());
    }

    private static string ConventionalName(Type type)
    {
        var name = type.Name.EndsWith("Grain", StringComparison.Ordinal) && type.Name.Length > 5 ? type.Name[..^5] : type.Name;
        return name.ToLowerInvariant();
    }
}
