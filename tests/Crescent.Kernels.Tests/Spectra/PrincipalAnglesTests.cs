using Crescent.Kernels.Numerics;
using Crescent.Kernels.Randomness;
using Crescent.Kernels.Spectra;

namespace Crescent.Kernels.Tests.Spectra;

public sealed class PrincipalAnglesTests
{
    private const int Side = 64;
    private const int K = 6;

    private static RandomKey Key(uint index) => new(13, RandomPurpose.SpectralNull, index);

    /// <summary>Frames of two subspaces whose principal angles are exactly the given ones.</summary>
    private static (DoubleMatrix U, DoubleMatrix V) Planted(double[] angles)
    {
        var frame = RandomMatrix.OrthonormalRows(2 * angles.Length, Side, Key(1));
        var (u, v) = (frame.Head(angles.Length), new DoubleMatrix(angles.Length, Side));
        for (var i = 0; i < angles.Length; i++)
        {
            for (var j = 0; j < Side; j++)
            {
                v[i, j] = (Math.Cos(angles[i]) * frame[i, j]) + (Math.Sin(angles[i]) * frame[angles.Length + i, j]);
            }
        }

        // The angles belong to the subspaces: mix the frame of one.
        return (u, RandomMatrix.OrthonormalRows(angles.Length, angles.Length, Key(2)).Times(v));
    }

    [Theory]
    [InlineData(1e-8, 1e-6)]
    [InlineData(1e-6, 1e-8)]
    [InlineData(1e-3, 1e-11)]
    [InlineData(0.5, 1e-13)]
    [InlineData(0.78, 1e-13)]
    [InlineData(1.2, 1e-13)]
    [InlineData(1.5707963, 1e-13)]
    public void Between_PlantedRotation_FindsEveryAngle(double largest, double relative)
    {
        var angles = Enumerable.Range(1, K).Select(i => largest * i / K).ToArray();
        var (u, v) = Planted(angles);
        Assert.All(angles.Zip(PrincipalAngles.Between(u, v)), pair => Assert.True(Math.Abs(pair.First - pair.Second) <= relative * pair.First, $"{pair}"));
        Assert.All(PrincipalAngles.Between(u, v).Zip(PrincipalAngles.Between(v, u)), pair => Assert.Equal(pair.First, pair.Second, 1e-14));
    }

    [Theory]
    [InlineData(1e-8, 1e-6)]
    [InlineData(1e-6, 1e-8)]
    [InlineData(0.5, 1e-13)]
    [InlineData(1.2, 1e-13)]
    [InlineData(1.5707963, 1e-13)]
    public void Between_SingleDirections_FindsTheAngle(double angle, double relative)
    {
        var (u, v) = Planted([angle]);
        Assert.Equal(angle, Assert.Single(PrincipalAngles.Between(u, v)), relative * angle);
        Assert.Equal(angle, Assert.Single(PrincipalAngles.Between(u, v.Copy().Scale(-1))), relative * angle);
    }

    /// <summary>The whole path: a matrix whose leading right subspace is turned by one small angle.</summary>
    [Theory]
    [InlineData(1e-8, 1e-6)]
    [InlineData(1e-6, 1e-8)]
    [InlineData(1e-2, 1e-11)]
    public void Between_SubspacesOfTurnedMatrix_FindsTheAngle(double angle, double relative)
    {
        double[] values = [.. Enumerable.Range(0, Side).Select(i => i < K ? 10.0 + i : 1 + (i * 0.01))];
        var (left, right) = (RandomMatrix.OrthonormalRows(Side, Side, Key(3)), RandomMatrix.OrthonormalRows(Side, Side, Key(4)));
        var turned = right.Copy();
        for (var j = 0; j < Side; j++)
        {
            turned[0, j] = (Math.Cos(angle) * right[0, j]) + (Math.Sin(angle) * right[Side - 1, j]);
            turned[Side - 1, j] = (Math.Cos(angle) * right[Side - 1, j]) - (Math.Sin(angle) * right[0, j]);
        }

        DoubleMatrix Matrix(DoubleMatrix vectors) => left.Copy().ScaleRows(values).Transposed().Times(vectors);
        var (a, b) = (SingularValueDecomposition.Of(Matrix(right)), SingularValueDecomposition.Of(Matrix(turned)));
        Assert.Equal(angle, PrincipalAngles.Between(a.Right.Head(K), b.Right.Head(K))[^1], relative * angle);
        Assert.True(PrincipalAngles.Between(a.Left.Head(K), b.Left.Head(K))[^1] < 1e-13);
    }

    [Fact]
    public void Between_SameSubspaceInAnotherFrame_IsZero()
    {
        var u = RandomMatrix.OrthonormalRows(K, Side, Key(5));
        Assert.True(PrincipalAngles.Between(u, RandomMatrix.OrthonormalRows(K, K, Key(6)).Times(u))[^1] < 1e-15);
    }

    [Theory]
    [InlineData(5, 40)]
    [InlineData(25, 40)]
    public void ToCoordinates_AnyFrame_EqualsBetween(int k, int side)
    {
        var coordinates = new DoubleMatrix(k, side);
        for (var i = 0; i < k; i++)
        {
            coordinates[i, i] = 1;
        }

        var frame = RandomMatrix.OrthonormalRows(k, side, Key(7));
        Assert.All(PrincipalAngles.Between(coordinates, frame).Zip(PrincipalAngles.ToCoordinates(frame)), pair => Assert.Equal(pair.First, pair.Second, 1e-10));
        Assert.All(PrincipalAngles.ToCoordinates(coordinates), angle => Assert.Equal(0, angle));
    }

    [Fact]
    public void ProjectorDistance_OfAngles_EqualsTheProjectors()
    {
        var (u, v) = Planted([0.1, 0.2, 0.9]);
        var direct = u.Transposed().Times(u).Plus(-1, v.Transposed().Times(v)).Norm();
        Assert.Equal(direct, PrincipalAngles.ProjectorDistance(PrincipalAngles.Between(u, v)), 1e-13);
    }

    [Fact]
    public void Asin_AndAcos_AgreeWithThePlatform()
    {
        for (var x = -1.0; x <= 1; x += 1.0 / 4096)
        {
            Assert.Equal(Math.Asin(x), Elementary.Asin(x), 1e-15);
            Assert.Equal(Math.Acos(x), Elementary.Acos(x), 1e-15);
        }

        Assert.Equal(1e-9, Elementary.Asin(1e-9), 1e-24);
    }
}
