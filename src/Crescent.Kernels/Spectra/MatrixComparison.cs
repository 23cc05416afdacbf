using Crescent.Kernels.Randomness;
using Crescent.Kernels.Tensors;

namespace Crescent.Kernels.Spectra;

/// <summary>Which matrix of the model is compared, and the random numbers of its nulls.</summary>
/// <param name="Index">Its place among the compared matrices; with the seed, the key of its draws.</param>
internal sealed record ComparedMatrix(string Name, int Layer, string Part, int Index);

/// <summary>Compares two versions of one matrix: singular values, leading subspaces, the change in the first one's basis, each beside its nulls.</summary>
internal sealed class MatrixComparison(SpectraSpec spec)
{
    /// <summary>Rounding weights to float32 alone moves angles by 1e-7 to 3e-7.</summary>
    public const double RoundingFloor = 3e-7;

    /// <summary>Values nearer than that, relative to the largest, cannot be told apart in float32 weights.</summary>
    private const double ClusterTolerance = 1e-7;

    /// <summary>The mean angle of unrelated subspaces hardly varies from draw to draw.</summary>
    private const int UnrelatedDraws = 2;

    /// <summary>The ranks of the spec's shares for a matrix.</summary>
    /// <exception cref="CrescentException"><c>rank-trivial</c>.</exception>
    public static int[] Ranks(IReadOnlyList<double> shares, int shortSide, string name) => [.. shares.Select(share => LeadingRank.Of(share, shortSide, $"rankShares ({name})"))];

    public MatrixSpectrum Compare(ComparedMatrix matrix, Tensor from, Tensor to, int threads)
    {
        var (a, b) = (DoubleMatrix.From(from), DoubleMatrix.From(to));
        var ranks = Ranks(spec.RankShares, Math.Min(a.Rows, a.Columns), matrix.Name);
        var (before, after) = (SingularValueDecomposition.Of(a), SingularValueDecomposition.Of(b));
        var change = b.Plus(-1, a);
        var changeValues = SingularValueDecomposition.ValuesOf(change);
        var (gaussian, rotated) = Nulls(matrix, a, before.Values, change.Norm(), changeValues, ranks, threads);
        var inBasis = before.Left.Times(change).TimesTransposed(before.Right);
        return new MatrixSpectrum(
            matrix.Name,
            matrix.Layer,
            matrix.Part,
            a.Rows,
            a.Columns,
            before.Values,
            after.Values,
            RelativeChange: a.Norm() > 0 ? change.Norm() / a.Norm() : 0,
            MedianValueChange: Averages.MedianRelativeChange(before.Values, after.Values),
            NullMedianValueChange: Over(rotated, draw => draw.MedianValueChange),
            StableRank: Averages.StableRank(changeValues),
            DiagonalShare: DiagonalShare(inBasis, change),
            [.. ranks.Select((k, i) => Rotation(matrix, before, after, spec.RankShares[i], k, [.. gaussian.Select(draw => draw.MeanAngles[i])], [.. rotated.Select(draw => draw.MeanAngles[i])]))])
        {
            EffectiveRank = Averages.EffectiveRank(changeValues),
            NullDiagonalShare = Over(rotated, draw => draw.DiagonalShare),
        };
    }

    private static double Over(NullDraw[] draws, Func<NullDraw, double> figure) => draws.Length > 0 ? Averages.Mean([.. draws.Select(figure)]) : 0;

    private static double DiagonalShare(DoubleMatrix inBasis, DoubleMatrix change)
    {
        var total = change.SquaredNorm();
        return total > 0 ? Enumerable.Range(0, inBasis.Rows).Sum(i => inBasis[i, i] * inBasis[i, i]) / total : 0;
    }

    /// <summary>The draws of both kinds; none where nothing changed, which no random change resembles.</summary>
    private (NullDraw[] Gaussian, NullDraw[] Rotated) Nulls(ComparedMatrix matrix, DoubleMatrix a, double[] values, double norm, double[] changeValues, int[] ranks, int threads)
    {
        if (norm == 0)
        {
            return ([], []);
        }

        var draws = new NullDraw[2 * spec.NullDraws];
        var source = new SpectralNull(values, Math.Max(a.Rows, a.Columns));
        ParallelDraws.Run(draws.Length, threads, i =>
        {
            var draw = (uint)(i / 2);
            draws[i] = source.Compare(i % 2 == 0 ? source.GaussianChange(norm, Key(matrix, draw, 0)) : source.RotatedChange(changeValues, Key(matrix, draw, 1), Key(matrix, draw, 2)), ranks);
        });
        return ([.. draws.Where((_, i) => i % 2 == 0)], [.. draws.Where((_, i) => i % 2 == 1)]);
    }

    private SubspaceRotation Rotation(
        ComparedMatrix matrix, SingularValueDecomposition before, SingularValueDecomposition after, double share, int k, double[] gaussian, double[] rotated)
    {
        var left = PrincipalAngles.Between(before.Left.Head(k), after.Left.Head(k));
        var right = PrincipalAngles.Between(before.Right.Head(k), after.Right.Head(k));
        var mean = Averages.Mean([.. left, .. right]);
        var longSide = Math.Max(before.Left.Columns, before.Right.Columns);
        var unrelated = new SpectralNull(before.Values, longSide);
        double[] unrelatedAngles = [.. Enumerable.Range(0, UnrelatedDraws).Select(draw => unrelated.UnrelatedMeanAngle(k, Key(matrix, (uint)draw, 3), Key(matrix, (uint)draw, 4)))];
        return new SubspaceRotation(
            share,
            k,
            left,
            right,
            mean,
            NullMeanAngle: gaussian.Length > 0 ? Averages.Mean(gaussian) : 0,
            NullLow: gaussian.Length > 0 ? gaussian.Min() : 0,
            NullHigh: gaussian.Length > 0 ? gaussian.Max() : 0,
            HaarMeanAngle: rotated.Length > 0 ? Averages.Mean(rotated) : 0,
            UnrelatedMeanAngle: Averages.Mean(unrelatedAngles),
            BelowRounding: mean < RoundingFloor)
        {
            LeftProjectorDistance = PrincipalAngles.ProjectorDistance(left),
            RightProjectorDistance = PrincipalAngles.ProjectorDistance(right),
            SplitsCluster = Averages.SplitsCluster(before.Values, k, ClusterTolerance) || Averages.SplitsCluster(after.Values, k, ClusterTolerance),
        };
    }

    private RandomKey Key(ComparedMatrix matrix, uint draw, uint use) => new(spec.Seed, RandomPurpose.SpectralNull, (uint)matrix.Index, (draw * 8) + use);
}
