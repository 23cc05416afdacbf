using Crescent.Kernels.Models;
using Crescent.Kernels.Randomness;
using Crescent.Kernels.Spectra;
using Crescent.Kernels.Tensors;

namespace Crescent.Kernels.Tests.Spectra;

public sealed class MatrixComparisonTests
{
    private static readonly SpectraSpec Spec = new()
    {
        Seed = 3,
        Model = new DecoderSpec { VocabularySize = 5, HiddenSize = 8, Layers = 1, Heads = 1, KeyValueHeads = 1, FeedForwardSize = 8, MaxPositions = 8 },
        RankShares = [0.25],
        NullDraws = 6,
    };

    private static readonly ComparedMatrix Named = new("w", 0, "w", 0);

    private static RandomKey Key(uint index) => new(17, RandomPurpose.Initialisation, index);

    private static Tensor Weights(int rows, int columns, uint index) => RandomMatrix.Gaussian(rows, columns, Key(index)).ToTensor("w");

    private static Tensor Changed(Tensor from, DoubleMatrix change) => DoubleMatrix.From(from).Plus(1, change).ToTensor("w");

    private static MatrixSpectrum Compare(Tensor from, Tensor to, SpectraSpec? spec = null, int threads = 1) => new MatrixComparison(spec ?? Spec).Compare(Named, from, to, threads);

    [Fact]
    public void Compare_SameWeights_IsAllZeroAndMarked()
    {
        var from = Weights(24, 16, 1);
        var result = Compare(from, from);
        Assert.Equal(0, result.RelativeChange);
        Assert.Equal(0, result.MedianValueChange);
        Assert.Equal(0, result.StableRank);
        var rotation = Assert.Single(result.Rotations);
        Assert.Equal(4, rotation.K);
        Assert.True(rotation.BelowRounding);
        Assert.True(rotation.MeanAngle < 1e-13);
    }

    [Theory]
    [InlineData(24, 16)]
    [InlineData(16, 24)]
    public void Compare_GaussianChange_LiesWithinItsNull(int rows, int columns)
    {
        var spec = Spec with { NullDraws = 40 };
        var from = Weights(rows, columns, 2);
        var result = Compare(from, Changed(from, RandomMatrix.Gaussian(rows, columns, Key(3)).Scale(0.02)), spec);
        var rotation = result.Rotations[0];
        Assert.InRange(rotation.MeanAngle, rotation.NullLow, rotation.NullHigh);
        Assert.InRange(rotation.HaarMeanAngle, rotation.NullLow, rotation.NullHigh);
        Assert.True(rotation.UnrelatedMeanAngle > 5 * rotation.MeanAngle);
        Assert.InRange(result.StableRank, 3, 12);
        Assert.False(rotation.SplitsCluster);
    }

    [Fact]
    public void Compare_ScaledValues_MovesValuesAndNoVectors()
    {
        var from = Weights(24, 16, 4);
        var svd = SingularValueDecomposition.Of(DoubleMatrix.From(from));
        var result = Compare(from, svd.Compose([.. svd.Values.Select(value => 1.01 * value)], 16).ToTensor("w"));
        Assert.Equal(0.01, result.MedianValueChange, 1e-6);
        Assert.Equal(1, result.DiagonalShare, 1e-6);
        Assert.True(result.Rotations[0].MeanAngle < 1e-5);
        Assert.True(result.NullDiagonalShare < 0.3);
        Assert.True(result.Rotations[0].MeanAngle < result.Rotations[0].NullLow);
    }

    [Fact]
    public void Compare_RotatedLeadingVectors_ExceedsTheNull()
    {
        var from = Weights(24, 16, 5);
        var svd = SingularValueDecomposition.Of(DoubleMatrix.From(from));
        var turned = svd.Right.Copy();
        for (var j = 0; j < 16; j++)
        {
            (turned[0, j], turned[15, j]) = ((Math.Cos(0.3) * svd.Right[0, j]) + (Math.Sin(0.3) * svd.Right[15, j]), (Math.Cos(0.3) * svd.Right[15, j]) - (Math.Sin(0.3) * svd.Right[0, j]));
        }

        var result = Compare(from, (svd with { Right = turned }).Compose(svd.Values, 16).ToTensor("w"));
        Assert.Equal(0.3, result.Rotations[0].RightAngles[^1], 1e-5);
        Assert.True(result.MedianValueChange < 1e-5);
    }

    [Fact]
    public void Compare_OneTurnedDirection_IsFoundByIndexBesideItsNull()
    {
        var matrix = SingularValueDecompositionTests.Constructed([.. Enumerable.Range(0, 16).Select(i => 4.0 * Math.Pow(0.8, i))], 24, 16, 50);
        var svd = SingularValueDecomposition.Of(matrix);
        var turned = svd.Right.Copy();
        for (var j = 0; j < 16; j++)
        {
            (turned[1, j], turned[15, j]) = ((Math.Cos(0.2) * svd.Right[1, j]) + (Math.Sin(0.2) * svd.Right[15, j]), (Math.Cos(0.2) * svd.Right[15, j]) - (Math.Sin(0.2) * svd.Right[1, j]));
        }

        var result = Compare(matrix.ToTensor("w"), (svd with { Right = turned }).Compose(svd.Values, 16).ToTensor("w"));
        Assert.Equal(16, result.Directions.Count);
        Assert.Equal(0.2, result.Directions[1].RightAngle, 1e-5);
        Assert.All(new[] { 0, 2, 3 }, i => Assert.True(result.Directions[i].RightAngle < 1e-5));
        Assert.All(result.Directions, direction => Assert.True(direction.LeftAngle < 1e-5));
        // Draws carry the leading k = 4 coordinates.
        Assert.Equal([0, 1, 2, 3], result.Directions.Where(direction => direction.NullAngle > 0).Select(direction => direction.First));
        Assert.True(result.Directions[1].RightAngle > 2 * result.Directions[0].RightAngle);
    }

    [Fact]
    public void Compare_NearEqualValues_AreComparedAsOneSubspace()
    {
        double[] values = [5, 3, 3.0000001, 2.9999999, 1, 0.5];
        var (from, to) = (SingularValueDecompositionTests.Constructed(values, 12, 6, 60), SingularValueDecompositionTests.Constructed(values, 12, 6, 60));
        to = to.Plus(1e-6, RandomMatrix.Gaussian(12, 6, Key(61)));
        var result = new MatrixComparison(Spec).Compare(Named, from, to, 1);
        Assert.Equal([(0, 1), (1, 3), (4, 1), (5, 1)], result.Directions.Select(direction => (direction.First, direction.Count)));
        // The single vectors inside the cluster turn freely; their subspace does not.
        Assert.All(result.Directions, direction => Assert.True(direction.LeftAngle < 1e-4 && direction.RightAngle < 1e-4));
    }

    [Fact]
    public void Compare_AnyChange_SharesAddUp()
    {
        var from = Weights(24, 16, 70);
        var result = Compare(from, Changed(from, RandomMatrix.Gaussian(24, 16, Key(71)).Scale(0.1)), Spec with { RankShares = [0.25, 0.5], Ranks = [15] });
        Assert.InRange(result.DiagonalShare + result.OffDiagonalShare, 0.5, 0.85);
        Assert.Equal([4, 8, 15], result.Rotations.Select(rotation => rotation.K));
        Assert.True(result.Rotations[0].ChangeShare < result.Rotations[1].ChangeShare && result.Rotations[1].ChangeShare < result.Rotations[2].ChangeShare);
        Assert.True(result.Rotations[2].ChangeShare <= result.DiagonalShare + result.OffDiagonalShare);
        Assert.InRange(result.FromRank.Stable, 3, 16);
        Assert.InRange(result.FromRank.Effective, result.FromRank.Stable, 16);
    }

    [Fact]
    public void Compare_AnyThreads_GivesSameBits()
    {
        var from = Weights(24, 16, 6);
        var to = Changed(from, RandomMatrix.Gaussian(24, 16, Key(7)).Scale(0.1));
        Assert.Equal(Jobs(Compare(from, to)), Jobs(Compare(from, to, threads: 3)));

        static string Jobs(MatrixSpectrum spectrum) => Kernels.Jobs.JobJson.Write(spectrum);
    }

    [Fact]
    public void Compare_ChangeOfRotatedNull_KeepsItsSingularValues()
    {
        var source = new SpectralNull([3, 2, 1], 5);
        var change = source.RotatedChange([0.3, 0.2, 0.1], Key(8), Key(9));
        Assert.All(SingularValueDecomposition.ValuesOf(change).Zip([0.3, 0.2, 0.1]), pair => Assert.Equal(pair.Second, pair.First, 1e-14));
        Assert.Equal(0.7, source.GaussianChange(0.7, Key(10)).Norm(), 1e-14);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.0)]
    [InlineData(1.5)]
    [InlineData(-0.1)]
    [InlineData(0.97)]
    public void Ranks_AtOrOverTheShortSide_AreRefused(double share) =>
        Assert.Equal("rank-trivial", Assert.Throws<CrescentException>(() => MatrixComparison.Ranks(Spec with { RankShares = [share] }, 16, "w")).Code);

    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    [InlineData(-3)]
    public void Ranks_NumberOutsideTheShortSide_IsRefused(int k) =>
        Assert.Equal("rank-trivial", Assert.Throws<CrescentException>(() => MatrixComparison.Ranks(Spec with { RankShares = [], Ranks = [k] }, 16, "w")).Code);

    [Fact]
    public void Ranks_OfShares_RoundAndStayUnderTheShortSide() => Assert.Equal([13, 32, 64, 1], MatrixComparison.Ranks(Spec with { RankShares = [0.1, 0.25, 0.5, 0.001] }, 128, "w"));
}
