using Crescent.Kernels.Tasks.GeneralPoints;

namespace Crescent.Kernels.Tasks;

/// <summary>The tasks there are, by the name that documents give as <c>kind</c>.</summary>
public static class TaskKinds
{
    public const string Field = "kind";
    public const string GeneralPoints = "general-points";

    /// <summary>In the order in which they are listed to people; the first is meant where a document names none.</summary>
    public static IReadOnlyList<(string Name, Type Spec)> All { get; } = [(GeneralPoints, typeof(GeneralPointsSpec))];

    /// <summary>The spec's type, or null.</summary>
    public static Type? Find(string name) => All.FirstOrDefault(kind => kind.Name == name).Spec;
}
