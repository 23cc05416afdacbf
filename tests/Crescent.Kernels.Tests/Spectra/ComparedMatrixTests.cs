using Crescent.Kernels.Models;
using Crescent.Kernels.Randomness;
using Crescent.Kernels.Spectra;
using Crescent.Kernels.Tensors;

namespace Crescent.Kernels.Tests.Spectra;

public sealed class ComparedMatrixTests
{
    private static readonly DecoderSpec Model = new()
    {
        VocabularySize = 11, HiddenSize = 24, Layers = 1, Heads = 4, KeyValueHeads = 2, FeedForwardSize = 32, MaxPositions = 16,
    };

    private static readonly TensorSet Weights = RandomWeights.Of(Model, 1);

    /// <summary>The same model in another basis of each group's keys and queries, and of its values and outputs.</summary>
    private static TensorSet OtherBasis()
    {
        var (q, k, v, o) = (Read("q"), Read("k"), Read("v"), Read("o"));
        for (var head = 0; head < Model.Heads; head++)
        {
            var (size, group) = (Model.HeadSize, head / 2);
            var (keys, values) = (RandomMatrix.OrthonormalRows(size, size, Key(group)), RandomMatrix.OrthonormalRows(size, size, Key(10 + group)));
            Write(q, head * size, keys.Times(q.RowRange(head * size, size)));
            o = WithColumns(o, head * size, o.ColumnRange(head * size, size).TimesTransposed(values));
            if (head % 2 == 0)
            {
                Write(k, group * size, keys.Times(k.RowRange(group * size, size)));
                Write(v, group * size, values.Times(v.RowRange(group * size, size)));
            }
        }

        var turned = new Dictionary<string, DoubleMatrix> { [Name("q")] = q, [Name("k")] = k, [Name("v")] = v, [Name("o")] = o };
        return new TensorSet([.. Weights.Tensors.Select(tensor => turned.TryGetValue(tensor.Name, out var matrix) ? matrix.ToTensor(tensor.Name) : tensor)]);
    }

    private static RandomKey Key(int index) => new(23, RandomPurpose.Initialisation, (uint)index);

    private static string Name(string part) => DecoderLayout.Block(0, $"self_attn.{part}_proj");

    private static DoubleMatrix Read(string part) => DoubleMatrix.From(Weights[Name(part)]);

    private static void Write(DoubleMatrix target, int row, DoubleMatrix rows) => rows.Values.CopyTo(target.Values, row * target.Stride);

    private static DoubleMatrix WithColumns(DoubleMatrix matrix, int first, DoubleMatrix columns)
    {
        var copy = matrix.Copy();
        for (var i = 0; i < columns.Rows; i++)
        {
            for (var j = 0; j < columns.Columns; j++)
            {
                copy[i, first + j] = columns[i, j];
            }
        }

        return copy;
    }

    [Fact]
    public void Products_InAnotherBasisOfTheHeads_AreTheSame()
    {
        var (products, turned) = (ComparedMatrix.Products(Model, 9), OtherBasis());
        Assert.Equal(8, products.Count);
        Assert.Equal(Enumerable.Range(9, 8), products.Select(product => product.Index));
        Assert.All(products, product => Assert.True(product.Of(Model, turned).Plus(-1, product.Of(Model, Weights)).Norm() < 1e-6));
        // Unlike the single factors.
        Assert.True(DoubleMatrix.From(turned[Name("q")]).Plus(-1, Read("q")).Norm() > 0.1);
    }

    [Fact]
    public void Products_OfGroupedHeads_UseTheGroupsKeys()
    {
        var product = ComparedMatrix.Products(Model, 0).Single(product => product is { Head: 3, Part: ComparedMatrix.QueryKey }).Of(Model, Weights);
        var expected = Read("q").RowRange(18, 6).Transposed().Times(Read("k").RowRange(6, 6));
        Assert.True(product.Plus(-1, expected).Norm() < 1e-12);
        Assert.Equal(6, SingularValueDecomposition.ValuesOf(product).Count(value => value > 1e-10));
    }

    [Fact]
    public void Compare_AProduct_LooksAtTheRankOfAHead()
    {
        var spec = new SpectraSpec { Seed = 1, Model = Model, RankShares = [0.5], NullDraws = 2 };
        var product = ComparedMatrix.Products(Model, 0)[1];
        var changed = RandomWeights.Of(Model, 2, 0.01f, Weights);
        var result = new MatrixComparison(spec).Compare(product, product.Of(Model, Weights), product.Of(Model, changed), 1);
        Assert.Equal((6, 6, 3, 0), (result.FromValues.Length, result.ToValues.Length, result.Rotations[0].K, result.Head));
        Assert.InRange(result.Rotations[0].MeanAngle, 1e-3, 1);
        Assert.True(result.Rotations[0].HaarMeanAngle > 0);
        Assert.InRange(result.NullMedianValueChange, 1e-4, 1);
    }
}
