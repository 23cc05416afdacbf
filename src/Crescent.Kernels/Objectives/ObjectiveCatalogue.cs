using Crescent.Kernels.Sft;

namespace Crescent.Kernels.Objectives;

/// <summary>The SFT objectives by name.</summary>
public static class ObjectiveCatalogue
{
    private static readonly SortedDictionary<string, Func<ObjectiveSpec, IObjective>> Makers = new(StringComparer.Ordinal)
    {
        ["sft"] = static _ => new CrossEntropy(),
    };

    public static IReadOnlyCollection<string> Names => Makers.Keys;

    /// <exception cref="CrescentException"><c>spec-invalid</c>: there is no objective of that name.</exception>
    public static IObjective Create(ObjectiveSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return Makers.TryGetValue(spec.Name, out var make)
            ? make(spec)
            : throw new CrescentException("spec-invalid", $"objective.name: '{spec.Name}' is unknown; use one of {string.Join(", ", Names)}.");
    }
}
