using Crescent.Kernels.Objectives;

namespace Crescent.Kernels.Tests.Objectives;

public sealed class CrossEntropyTests
{
    [Fact]
    public void Evaluate_RaggedRows_IsTheGlobalTokenMean()
    {
        // Token losses [[1, 3], [2, 4], [8]]: token mean 3.6.
        ObjectiveBatch[] batches = [Windows.Batch([-1, -3, -2, -4]), Windows.Batch([-8])];
        var whole = new CrossEntropy().Evaluate(new ObjectiveWindow(batches, 5));
        var parts = batches.Select(batch => new CrossEntropy().Evaluate(new ObjectiveWindow([batch], 5))).ToList();
        Assert.Equal(3.6, whole.Loss, 12);
        Assert.Equal(3.6, parts.Sum(part => part.Loss), 12);
        Assert.All(whole.Coefficients.SelectMany(coefficients => coefficients.LogProbability), a => Assert.Equal(-0.2f, a));
        Assert.Equal(whole.Coefficients.SelectMany(c => c.LogProbability), parts.SelectMany(part => part.Coefficients[0].LogProbability));
    }

    [Fact]
    public void Create_UnknownName_SaysWhichThereAre() =>
        Assert.Contains("sft", Assert.Throws<CrescentException>(() => ObjectiveCatalogue.Create(new("nonsense"), 95)).Message, StringComparison.Ordinal);
}
