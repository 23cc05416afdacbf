using Crescent.Kernels.Tasks.GeneralPoints;
using Crescent.Kernels.Tasks.Matrices;
using Crescent.Kernels.Tasks.Virl;

namespace Crescent.Kernels.Tasks;

/// <summary>The tasks there are, by the name that documents give as <c>kind</c>.</summary>
public static class TaskKinds
{
    public const string Field = "kind";
    public const string GeneralPoints = "general-points";
    public const string Virl = "virl";
    public const string MatrixRank = "matrix-rank";
    public const string MatrixDeterminant = "matrix-determinant";

    /// <summary>In the order in which they are listed to people; the first is meant where a document names none.</summary>
    public static IReadOnlyList<(string Name, Type Spec)> All { get; } = 
    [
        (GeneralPoints, typeof(GeneralPointsSpec)),
        (Virl, typeof(VirlSpec)),
        (MatrixRank, typeof(MatrixRankSpec)),
        (MatrixDeterminant, typeof(MatrixDeterminantSpec)),
    ];

    /// <summary>The spec's type, or null.</summary>
    public static Type? Find(string name) => All.FirstOrDefault(kind => kind.Name == name).Spec;
}
