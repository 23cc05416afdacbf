using Crescent.Kernels.Accounting;

namespace Crescent.Kernels.Interventions;

/// <summary>Floating-point operations that making an edit or a control takes of one matrix, by <see cref="MatrixOperations"/>. Rollbacks and Gaussian changes have no decomposition: their operations are of lower order and left out.</summary>
internal static class EditOperations
{
    /// <param name="count">How many ranks the edit touches.</param>
    public static double Edit(InterventionKind kind, int rows, int columns, int count)
    {
        var decomposition = MatrixOperations.Decomposition(rows, columns);
        var composed = MatrixOperations.Product(rows, columns, Math.Min(rows, columns));
        return kind switch
        {
            InterventionKind.RestoreValues => decomposition + MatrixOperations.Values(rows, columns) + composed,
            InterventionKind.RestoreDirections => (2 * decomposition) + Inside(rows, columns, count) + MatrixOperations.Values(rows, columns) + composed,
            _ => 2 * (decomposition + MatrixOperations.Product(rows, columns, count)),
        };
    }

    /// <summary>The change's singular values in random directions.</summary>
    public static double Rotated(int rows, int columns)
    {
        var rank = Math.Min(rows, columns);
        return MatrixOperations.Values(rows, columns) + MatrixOperations.Formed(rank, rows) + MatrixOperations.Formed(rank, columns) + MatrixOperations.Product(rows, columns, rank);
    }

    /// <summary>The full change inside random subspaces.</summary>
    public static double Subspaces(int rows, int columns, int count) => MatrixOperations.Formed(count, rows) + MatrixOperations.Formed(count, columns) + Inside(rows, columns, count);

    /// <summary>U^T (((U change) V^T) V) with frames of so many rows.</summary>
    private static double Inside(int rows, int columns, int count) =>
        MatrixOperations.Product(count, columns, rows) + (2 * MatrixOperations.Product(count, count, columns)) + MatrixOperations.Product(rows, columns, count);
}
