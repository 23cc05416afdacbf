using Crescent.Kernels.Objectives;
using Crescent.Kernels.Sft;

namespace Crescent.Kernels.Tests.Sft;

public sealed class ObjectiveValidationTests
{
    public static TheoryData<string, ObjectiveSpec> Broken => new()
    {
        { "name", new("sftt") },
        { "lambda", new("sft") { Lambda = 0.1 } },
        { "lambda", new("asft") { Lambda = -1 } },
        { "reference", new("dft") { Reference = "base" } },
        { "reference", new("psft") { Reference = "start" } },
        { "reference", new("rho-1") },
        { "reference", new("rho-1") { Reference = "start" } },
        { "reference", new("eksft") { Reference = "sft-300" } },
        { "ratio", new("eksft") { Ratio = 1.2 } },
        { "ratio", new("eksft") { Selection = SelectionRule.Quantile, Ratio = 0.2 } },
        { "quantile", new("eksft") { Quantile = 0.2 } },
        { "klThreshold", new("eksft") { Selection = SelectionRule.Threshold, EntropyThreshold = 1 } },
        { "threshold", new("eksft") { Selection = SelectionRule.Threshold, EntropyThreshold = 1, KlThreshold = 1, Threshold = 1 } },
        { "microBatch", new("eksft") { MicroBatch = 4 } },
        { "microBatch", new("eksft") { Scope = SelectionScope.MicroBatch } },
        { "entropyTarget", new("eksft") { EntropyTarget = 0.4 } },
        { "refreshEvery", new("psft") { RefreshEvery = 0 } },
        { "alpha", new("neftune") { Alpha = double.NaN } },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void Validate_OneContradiction_NamesTheFieldAndOnlyIt(string field, ObjectiveSpec spec) => Assert.Equal([field], spec.Validate(string.Empty).Select(problem => problem.Field));

    [Fact]
    public void Validate_EveryObjectiveByItself_IsSound() =>
        Assert.All(ObjectiveCatalogue.Names, name => Assert.Empty(new ObjectiveSpec(name) { Reference = name == "rho-1" ? new string('a', 64) : "default" }.Validate()));

    [Theory]
    [InlineData(null, null, 0.05, false)]
    [InlineData(null, null, 0.053, true)]
    [InlineData(null, null, 0.0, true)]
    [InlineData(SelectionScope.MicroBatch, 2, 0.02, false)]
    [InlineData(SelectionScope.MicroBatch, 2, 0.03, true)]
    [InlineData(SelectionScope.GlobalBatch, null, 0.05, true)]
    public void ValidateSelection_RatioThatSelectsNoToken_IsRefused(SelectionScope? scope, int? microBatch, double ratio, bool sound)
    {
        var problems = new ObjectiveSpec("eksft") { Ratio = ratio, Scope = scope, MicroBatch = microBatch }.ValidateSelection(answer: 19, batch: 64);

        Assert.Equal(sound ? [] : ["objective.ratio"], problems.Select(problem => problem.Field));
    }
}
