using Crescent.Kernels.Numerics;
using Crescent.Kernels.Randomness;

namespace Crescent.Kernels.Spectra;

/// <summary>
/// What a random change of the same norm does to the spectrum of a matrix. In its own singular basis the matrix is its diagonal of singular values, and an invariantly distributed change is distributed alike in every basis:
/// the change is drawn there, and the leading subspaces compared with the first coordinates. Matrices are tall here; a wide one is its transpose.
/// </summary>
/// <param name="values">Singular values of the matrix, falling.</param>
/// <param name="longSide">The longer of its sides.</param>
internal sealed class SpectralNull(double[] values, int longSide)
{
    private readonly int shortSide = values.Length;

    /// <summary>Independent normal entries, scaled to the norm.</summary>
    public DoubleMatrix GaussianChange(double norm, RandomKey key)
    {
        var change = RandomMatrix.Gaussian(longSide, shortSide, key);
        return change.Scale(norm / change.Norm());
    }

    /// <summary>Q_1 diag(changeValues) Q_2^T with independent Haar-distributed factors: the change's singular values in random directions.</summary>
    public DoubleMatrix RotatedChange(double[] changeValues, RandomKey left, RandomKey right) =>
        RandomMatrix.OrthonormalRows(shortSide, longSide, left).ScaleRows(changeValues).TransposedTimes(RandomMatrix.OrthonormalRows(shortSide, shortSide, right));

    /// <summary>The changed matrix's spectrum compared with the unchanged.</summary>
    public NullDraw Compare(DoubleMatrix change, NullQuestion question)
    {
        var ranks = question.Ranks;
        var diagonal = 0.0;
        var changed = change.Copy();
        for (var i = 0; i < shortSide; i++)
        {
            diagonal += change[i, i] * change[i, i];
            changed[i, i] += values[i];
        }

        var decomposition = SingularValueDecomposition.Of(changed, ranks.Max());
        var significant = values.Count(value => value > 1e-14 * values[0]);
        var meanAngles = MeanAngles(decomposition, ranks, rows => PrincipalAngles.ByCosines(rows, out _)) ?? MeanAngles(SingularValueDecomposition.Of(changed), ranks, PrincipalAngles.ToCoordinates)!;
        return new NullDraw(meanAngles, Averages.MedianRelativeChange(values[..significant], decomposition.Values), diagonal / change.SquaredNorm(), DirectionAngles(decomposition, question));
    }

    /// <summary>Mean over both sides for each rank; null where the angles cannot be had for one of them.</summary>
    private static double[]? MeanAngles(SingularValueDecomposition decomposition, IReadOnlyList<int> ranks, Func<DoubleMatrix, double[]?> angles)
    {
        var means = new double[ranks.Count];
        for (var i = 0; i < means.Length; i++)
        {
            if (angles(decomposition.Left.Head(ranks[i])) is not { } left || angles(decomposition.Right.Head(ranks[i])) is not { } right)
            {
                return null;
            }

            means[i] = Averages.Mean([.. left, .. right]);
        }

        return means;
    }

    /// <summary>Largest angle of each cluster of directions that lies within the coordinates at hand, mean of both sides: the acos of the smallest singular value of the cluster's own block.</summary>
    private static double[] DirectionAngles(SingularValueDecomposition decomposition, NullQuestion question)
    {
        var within = decomposition.Left.Columns;
        double Angle(DoubleMatrix vectors, DirectionCluster cluster) => Elementary.Acos(Math.Min(1, cluster.Count == 1
            ? Math.Abs(vectors[cluster.First, cluster.First])
            : SingularValueDecomposition.ValuesOf(vectors.RowRange(cluster.First, cluster.Count).ColumnRange(cluster.First, cluster.Count))[^1]));
        return [.. question.Clusters.TakeWhile(cluster => cluster.First + cluster.Count <= within).Select(cluster => (Angle(decomposition.Left, cluster) + Angle(decomposition.Right, cluster)) / 2)];
    }

    /// <summary>Mean angle, over both sides, of leading k subspaces that have nothing to do with each other.</summary>
    public double UnrelatedMeanAngle(int k, RandomKey left, RandomKey right) => Averages.Mean(
        [.. PrincipalAngles.ToCoordinates(RandomMatrix.OrthonormalRows(k, longSide, left)), .. PrincipalAngles.ToCoordinates(RandomMatrix.OrthonormalRows(k, shortSide, right))]);
}

/// <param name="MeanAngles">By rank.</param>
/// <param name="DirectionAngles">By cluster of directions, for those within the largest rank.</param>
internal sealed record NullDraw(double[] MeanAngles, double MedianValueChange, double DiagonalShare, double[] DirectionAngles);

/// <summary>What a draw is asked: angles at these ranks and of these directions.</summary>
internal sealed record NullQuestion(IReadOnlyList<int> Ranks, IReadOnlyList<DirectionCluster> Clusters);
