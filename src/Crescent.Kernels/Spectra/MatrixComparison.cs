using Crescent.Kernels.Randomness;
using Crescent.Kernels.Tensors;

namespace Crescent.Kernels.Spectra;

/// <summary>Compares two versions of one matrix: singular values, leading subspaces, single directions, the change in the first one's basis, each beside its nulls.</summary>
internal sealed class MatrixComparison(SpectraSpec spec)
{
    /// <summary>Rounding weights to float32 alone moves angles by 1e-7 to 3e-7.</summary>
    public const double RoundingFloor = 3e-7;

    /// <summary>Values nearer than that, relative to the largest, cannot be told apart in float32 weights.</summary>
    private const double ClusterTolerance = 1e-7;

    /// <summary>The mean angle of unrelated subspaces hardly varies from draw to draw.</summary>
    internal const int UnrelatedDraws = 2;

    /// <summary>The ranks of the spec's shares, then its own, for a matrix of that full rank.</summary>
    /// <exception cref="CrescentException"><c>rank-trivial</c>.</exception>
    public static int[] Ranks(SpectraSpec spec, int fullRank, string name) =>
    [
        .. spec.RankShares.Select(share => LeadingRank.Of(share, fullRank, $"rankShares ({name})")),
        .. spec.Ranks.Select(k => LeadingRank.Of(k, fullRank, $"ranks ({name})")),
    ];

    public MatrixSpectrum Compare(ComparedMatrix matrix, Tensor from, Tensor to, int threads) => Compare(matrix, DoubleMatrix.From(from), DoubleMatrix.From(to), threads);

    public MatrixSpectrum Compare(ComparedMatrix matrix, DoubleMatrix a, DoubleMatrix b, int threads)
    {
        var fullRank = matrix.FullRank ?? Math.Min(a.Rows, a.Columns);
        var ranks = Ranks(spec, fullRank, matrix.Name);
        var change = b.Plus(-1, a);
        var (before, after, changeValues) = Decompose(a, b, change, threads);
        var clusters = DirectionClusters.Of(before.Values.AsSpan(0, fullRank), spec.ClusterGap);
        var norm = change.Norm();
        var (gaussian, rotated) = Nulls(matrix, a, before.Values, norm, changeValues, new NullQuestion(ranks, clusters), threads);
        var inBasis = before.Left.Times(change).TimesTransposed(before.Right);
        var (inside, diagonal) = (norm > 0 ? inBasis.SquaredNorm() / (norm * norm) : 0, DiagonalShare(inBasis, norm));
        var rotations = new SubspaceRotation[ranks.Length];
        ParallelDraws.Run(ranks.Length, threads, i => rotations[i] = Rotation(
            matrix, before, after, Share(i, ranks[i], fullRank), ranks[i], [.. gaussian.Select(draw => draw.MeanAngles[i])], [.. rotated.Select(draw => draw.MeanAngles[i])]) with
        {
            ChangeShare = LeadingShare(inBasis, ranks[i], norm),
        });
        return new MatrixSpectrum(
            matrix.Name,
            matrix.Layer,
            matrix.Part,
            a.Rows,
            a.Columns,
            before.Values[..fullRank],
            after.Values[..fullRank],
            RelativeChange: a.Norm() > 0 ? norm / a.Norm() : 0,
            MedianValueChange: Averages.MedianRelativeChange(before.Values[..fullRank], after.Values[..fullRank]),
            NullMedianValueChange: Over(rotated, draw => draw.MedianValueChange),
            StableRank: Averages.StableRank(changeValues),
            DiagonalShare: diagonal,
            rotations)
        {
            EffectiveRank = Averages.EffectiveRank(changeValues),
            NullDiagonalShare = Over(rotated, draw => draw.DiagonalShare),
            OffDiagonalShare = Math.Max(0, inside - diagonal),
            Head = matrix.Head,
            FromRank = new RankMeasures(Averages.StableRank(before.Values), Averages.EffectiveRank(before.Values)),
            ToRank = new RankMeasures(Averages.StableRank(after.Values), Averages.EffectiveRank(after.Values)),
            Directions = [.. clusters.Select((cluster, i) => Direction(before, after, cluster, i, rotated))],
        };
    }

    private double Share(int index, int k, int fullRank) => index < spec.RankShares.Count ? spec.RankShares[index] : (double)k / fullRank;

    private static (SingularValueDecomposition Before, SingularValueDecomposition After, double[] ChangeValues) Decompose(DoubleMatrix a, DoubleMatrix b, DoubleMatrix change, int threads)
    {
        var found = new SingularValueDecomposition[2];
        double[] values = [];
        ParallelDraws.Run(3, threads, i =>
        {
            if (i < 2)
            {
                found[i] = SingularValueDecomposition.Of(i == 0 ? a : b);
            }
            else
            {
                values = SingularValueDecomposition.ValuesOf(change);
            }
        });
        return (found[0], found[1], values);
    }

    private static double Over(NullDraw[] draws, Func<NullDraw, double> figure) => draws.Length > 0 ? Averages.Mean([.. draws.Select(figure)]) : 0;

    private static double DiagonalShare(DoubleMatrix inBasis, double norm) =>
        norm > 0 ? Enumerable.Range(0, inBasis.Rows).Sum(i => inBasis[i, i] * inBasis[i, i]) / (norm * norm) : 0;

    private static double LeadingShare(DoubleMatrix inBasis, int k, double norm) => norm > 0 ? inBasis.Head(k).FirstColumns(k).SquaredNorm() / (norm * norm) : 0;

    private static DirectionRotation Direction(SingularValueDecomposition before, SingularValueDecomposition after, DirectionCluster cluster, int index, NullDraw[] draws)
    {
        double Largest(DoubleMatrix from, DoubleMatrix to) => PrincipalAngles.Between(from.RowRange(cluster.First, cluster.Count), to.RowRange(cluster.First, cluster.Count))[^1];
        var (left, right) = (Largest(before.Left, after.Left), Largest(before.Right, after.Right));
        return new DirectionRotation(
            cluster.First, cluster.Count, left, right, draws.Length > 0 && index < draws[0].DirectionAngles.Length ? Averages.Mean([.. draws.Select(draw => draw.DirectionAngles[index])]) : null, Math.Max(left, right) < RoundingFloor);
    }

    /// <summary>The draws of both kinds; none where nothing changed, which no random change resembles.</summary>
    private (NullDraw[] Gaussian, NullDraw[] Rotated) Nulls(ComparedMatrix matrix, DoubleMatrix a, double[] values, double norm, double[] changeValues, NullQuestion question, int threads)
    {
        if (norm == 0 || spec.NullDraws == 0)
        {
            return ([], []);
        }

        var draws = new NullDraw[2 * spec.NullDraws];
        var source = new SpectralNull(values, Math.Max(a.Rows, a.Columns));
        ParallelDraws.Run(draws.Length, threads, i =>
        {
            var draw = (uint)(i / 2);
            draws[i] = source.Compare(i % 2 == 0 ? source.GaussianChange(norm, Key(matrix, draw, 0)) : source.RotatedChange(changeValues, Key(matrix, draw, 1), Key(matrix, draw, 2)), question);
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
        double[] unrelatedAngles =
            [.. Enumerable.Range(0, spec.NullDraws > 0 ? UnrelatedDraws : 0).Select(draw => unrelated.UnrelatedMeanAngle(k, Key(matrix, (uint)draw, 3), Key(matrix, (uint)draw, 4)))];
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
            UnrelatedMeanAngle: unrelatedAngles.Length > 0 ? Averages.Mean(unrelatedAngles) : 0,
            BelowRounding: mean < RoundingFloor)
        {
            LeftProjectorDistance = PrincipalAngles.ProjectorDistance(left),
            RightProjectorDistance = PrincipalAngles.ProjectorDistance(right),
            SplitsCluster = Averages.SplitsCluster(before.Values, k, ClusterTolerance) || Averages.SplitsCluster(after.Values, k, ClusterTolerance),
        };
    }

    private RandomKey Key(ComparedMatrix matrix, uint draw, uint use) => new(spec.Seed, RandomPurpose.SpectralNull, (uint)matrix.Index, (draw * 8) + use);
}
