using System.Collections.Concurrent;
using System.Reflection;

namespace Orleans.Runtime;

/// <summary>The grain classes of the process: those in assemblies that are loaded or referenced, and that reference this runtime.</summary>
internal sealed class GrainClasses
{
    private readonly Lazy<IReadOnlyDictionary<GrainType, GrainClass>> _byType = new(Find);
    private readonly ConcurrentDictionary<(Type, string?), GrainClass> _byInterface = new();

    public GrainClass Get(GrainType type) => _byType.Value.TryGetValue(type, out var found) ? found : throw new ArgumentException($"Could not find a grain class for grain type {type}.");

    public GrainClass Resolve(Type grainInterface, string? prefix) => _byInterface.GetOrAdd((grainInterface, prefix), static (key, all) =>
    {
        var (grainInterface, prefix) = key;
        var candidates = all.Values.Where(c => grainInterface.IsAssignableFrom(c.Class) && (prefix is null || c.Class.FullName!.StartsWith(prefix, StringComparison.Ordinal))).ToList();
        return candidates switch
        {
            [var only] => only,
            [] => throw new ArgumentException($"Could not find an implementation for interface {grainInterface}"),
            _ => throw new ArgumentException($"Unable to identify a single appropriate grain type for interface {grainInterface}. Candidates: {string.Join(", ", candidates.Select(c => c.Class))}"),
        };
    }, _byType.Value);

    private static Dictionary<GrainType, GrainClass> Find()
    {
        var classes = new Dictionary<GrainType, GrainClass>();
        var grains = Assemblies().SelectMany(a => a.GetTypes()).Where(t => t is { IsClass: true, IsAbstract: false, IsGenericTypeDefinition: false } && typeof(IGrain).IsAssignableFrom(t) && !typeof(GrainReference).IsAssignableFrom(t));
        foreach (var type in grains)
        {
            var grain = new GrainClass(type);
            if (!classes.TryAdd(grain.Type, grain))
            {
                throw new InvalidOperationException($"Grain classes {classes[grain.Type].Class} and {type} have the same grain type \"{grain.Type}\". Give one another name with [GrainType].");
            }
        }

        return classes;
    }

    private static IEnumerable<Assembly> Assemblies()
    {
        var own = typeof(GrainClasses).Assembly.GetName().Name!;
        var seen = new Dictionary<string, Assembly>(StringComparer.Ordinal);
        var open = new Queue<Assembly>(AppDomain.CurrentDomain.GetAssemblies().Where(a => !a.IsDynamic));
        while (open.TryDequeue(out var assembly))
        {
            if (!seen.TryAdd(assembly.FullName!, assembly) || assembly.FullName!.StartsWith("System.", StringComparison.Ordinal) || assembly.FullName.StartsWith("Microsoft.", StringComparison.Ordinal))
            {
                continue;
            }

            foreach (var name in assembly.GetReferencedAssemblies().Where(n => !seen.ContainsKey(n.FullName) && !n.Name!.StartsWith("System.", StringComparison.Ordinal) && !n.Name.StartsWith("Microsoft.", StringComparison.Ordinal)))
            {
                if (TryLoad(name) is { } loaded)
                {
                    open.Enqueue(loaded);
                }
            }
        }

        return seen.Values.Where(a => a.GetReferencedAssemblies().Any(n => n.Name == own)).OrderBy(a => a.FullName, StringComparer.Ordinal);
    }

    /// <summary>A reference that was not deployed holds no grains that could run; compilers leave such references behind.</summary>
    private static Assembly? TryLoad(AssemblyName name)
    {
        try
        {
            return Assembly.Load(name);
        }
        catch (Exception error) when (error is FileNotFoundException or FileLoadException or BadImageFormatException)
        {
            return null;
        }
    }
}
