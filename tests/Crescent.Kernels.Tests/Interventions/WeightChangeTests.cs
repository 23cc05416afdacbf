using Crescent.Kernels.Interventions;
using Crescent.Kernels.Models;
using Crescent.Kernels.Spectra;
using Crescent.Kernels.Tensors;
using Crescent.Kernels.Tests.Spectra;

namespace Crescent.Kernels.Tests.Interventions;

public sealed class WeightChangeTests
{
    private static readonly DecoderSpec Model = new()
    {
        VocabularySize = 11, HiddenSize = 16, Layers = 1, Heads = 2, KeyValueHeads = 2, FeedForwardSize = 24, MaxPositions = 32,
    };

    private static readonly TensorSet Source = RandomWeights.Of(Model, 1);
    private static readonly TensorSet Target = RandomWeights.Of(Model, 2, 0.02f, Source);
    private static readonly string[] Names = [.. DecoderLayout.BlockMatrices.Select(part => DecoderLayout.Block(0, part))];

    private static TensorSet Edited(InterventionKind kind, double share) => WeightChange.Of(new InterventionEdit(kind, share), Model, Source, Target).ApplyTo(Target);

    private static SingularValueDecomposition Svd(TensorSet weights, string name) => SingularValueDecomposition.Of(DoubleMatrix.From(weights[name]));

    private static void SameValues(TensorSet expected, TensorSet actual) => Assert.All(
        Names, name => Assert.All(Svd(expected, name).Values.Zip(Svd(actual, name).Values), pair => Assert.Equal(pair.First, pair.Second, 1e-6)));

    [Fact]
    public void Full_Applied_CopiesBlockMatricesOnly()
    {
        var copied = WeightChange.Full(Model, Source, Target).ApplyTo(Target);
        foreach (var tensor in copied.Tensors)
        {
            var expected = Names.Contains(tensor.Name) ? Source : Target;
            Assert.All(tensor.Values.Zip(expected[tensor.Name].Values), pair => Assert.Equal(pair.Second, pair.First, 1e-7f));
        }

        Assert.Equal(Target.Tensors.Select(tensor => tensor.Name), copied.Tensors.Select(tensor => tensor.Name));
    }

    [Fact]
    public void RestoreValues_KeepsDirectionsAndTakesTheSourcesValues()
    {
        var edited = Edited(InterventionKind.RestoreValues, 1);
        SameValues(Source, edited);
        Assert.All(Names, name => Assert.True(PrincipalAngles.Between(Svd(Target, name).Left.Head(4), Svd(edited, name).Left.Head(4))[^1] < 1e-4));
    }

    [Fact]
    public void RestoreDirections_KeepsValuesAndNearsTheSourceInsideItsSubspaces()
    {
        var edited = Edited(InterventionKind.RestoreDirections, 0.25);
        SameValues(Target, edited);
        foreach (var name in Names)
        {
            var source = Svd(Source, name);
            double Inside(TensorSet weights) =>
                source.Left.Head(4).Times(DoubleMatrix.From(weights[name]).Plus(-1, DoubleMatrix.From(Source[name]))).TimesTransposed(source.Right.Head(4)).Norm();
            double Outside(TensorSet weights) =>
                source.Left.Times(DoubleMatrix.From(weights[name]).Plus(-1, DoubleMatrix.From(Source[name]))).TimesTransposed(source.Right).Norm() - Inside(weights);
            Assert.True(Inside(edited) < 0.75 * Inside(Target), $"{name}: {Inside(edited)} of {Inside(Target)}");
            Assert.True(Outside(edited) > 0.75 * Outside(Target), $"{name}: {Outside(edited)} of {Outside(Target)}");
        }

        Assert.Equal(0, WeightChange.Of(new InterventionEdit(InterventionKind.RestoreDirections, 0.25), Model, Source, Source).Norm, 1e-13);
    }

    [Theory]
    [InlineData(RankRange.Head, 0)]
    [InlineData(RankRange.Middle, 6)]
    [InlineData(RankRange.Tail, 12)]
    public void RestoreValues_OfARange_TakesTheSourcesThereOnly(RankRange range, int first)
    {
        var edited = WeightChange.Of(new InterventionEdit(InterventionKind.RestoreValues, 0.25) { Range = range }, Model, Source, Target).ApplyTo(Target);
        foreach (var name in Names)
        {
            var (source, target) = (Svd(Source, name).Values, Svd(Target, name).Values);
            double[] expected = [.. target.Select((value, i) => i >= first && i < first + 4 ? source[i] : value).OrderDescending()];
            Assert.All(expected.Zip(Svd(edited, name).Values), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        }
    }

    [Fact]
    public void Of_BandAndKind_EditsThoseMatricesOnly()
    {
        var model = Model with { Layers = 3 };
        var (source, target) = (RandomWeights.Of(model, 5), RandomWeights.Of(model, 6));
        var edit = new InterventionEdit(InterventionKind.RestoreDirections, 0.25) { Matrices = EditedMatrices.Down, FirstLayer = 1, LastLayer = 1 };
        var edited = WeightChange.Of(edit, model, source, target).ApplyTo(target);
        Assert.Equal([DecoderLayout.Block(1, "mlp.down_proj")], edited.Tensors.Where(tensor => !tensor.Values.SequenceEqual(target[tensor.Name].Values)).Select(tensor => tensor.Name));
        Assert.Equal(12, (edit with { Matrices = EditedMatrices.Attention, FirstLayer = 0, LastLayer = null }).Tensors(model).Count());
        Assert.Equal(3, (edit with { Matrices = EditedMatrices.Gate, FirstLayer = 0, LastLayer = null }).Tensors(model).Count());
    }

    [Fact]
    public void SwapDirections_ReplacesTheLeadingPairsByIndex()
    {
        var edited = Edited(InterventionKind.SwapDirections, 0.25);
        foreach (var name in Names)
        {
            var (source, target) = (Svd(Source, name), Svd(Target, name));
            var expected = source.Compose(target.Values, 4).Plus(1, target.Compose(target.Values, 16)).Plus(-1, target.Compose(target.Values, 4));
            Assert.True(expected.Plus(-1, DoubleMatrix.From(edited[name])).Norm() < 1e-6);
        }
    }

    [Fact]
    public void InRandomDirections_KeepsTheNormMatrixByMatrix()
    {
        var change = WeightChange.Of(new InterventionEdit(InterventionKind.RestoreDirections, 0.5), Model, Source, Target);
        var (one, other) = (change.InRandomDirections(1, 0), change.InRandomDirections(1, 1));
        Assert.Equal(change.Norm, one.Norm, 1e-12);
        Assert.Equal(change.Norm, other.Norm, 1e-12);
        foreach (var name in Names)
        {
            double Norm(WeightChange of) => DoubleMatrix.From(of.ApplyTo(Target)[name]).Plus(-1, DoubleMatrix.From(Target[name])).Norm();
            Assert.Equal(Norm(change), Norm(one), 1e-6);
        }

        Assert.NotEqual(one.ApplyTo(Target)[Names[0]].Values, other.ApplyTo(Target)[Names[0]].Values);
        Assert.Equal(one.ApplyTo(Target)[Names[0]].Values, change.InRandomDirections(1, 0).ApplyTo(Target)[Names[0]].Values);
    }

    [Theory]
    [InlineData(InterventionKind.RestoreDirections, 1.0)]
    [InlineData(InterventionKind.SwapDirections, 0.99)]
    public void Of_AllDirections_IsRefusedAsACopy(InterventionKind kind, double share) => Assert.Equal("rank-trivial", Assert.Throws<CrescentException>(() => Edited(kind, share)).Code);
}
