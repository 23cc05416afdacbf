using System.Text.Json.Nodes;
using Crescent.Abstractions.Studies;
using FsCheck;
using FsCheck.Fluent;

namespace Crescent.Abstractions.Tests.Studies;

public sealed class StudyExpansionTests
{
    private const string Document = """
        {
          "version": 1, "name": "rates", "question": "Does the rate matter?", "base": { "preset": "tiny" },
          "axes": [
            { "name": "rate", "field": "sft.learningRate.peak", "values": [0.001, 0.0005] },
            { "name": "start", "variants": [{ "name": "base" }, { "name": "frozen", "changes": { "sft": { "freezeEmbeddings": true } } }] }
          ],
          "seeds": [1, 2, 3]
        }
        """;

    [Fact]
    public void Of_GridAndList_GivesEveryCombinationOncePerSeed()
    {
        var cells = Expand(Document);

        Assert.Equal(12, cells.Count);
        Assert.Equal(["rate=0.001, start=base", "rate=0.001, start=frozen", "rate=0.0005, start=base", "rate=0.0005, start=frozen"], cells.Select(cell => cell.Cell).Distinct());
        Assert.Equal(12, cells.Select(cell => cell.ExperimentId).Distinct().Count());
        var last = cells[^1];
        Assert.Equal((3UL, 3UL, 0.0005, true), (last.Seed, last.Spec.Sft.Seed, last.Spec.Sft.LearningRate.Peak, last.Spec.Sft.FreezeEmbeddings));
        Assert.Equal("rates rate=0.0005, start=frozen #3", last.Spec.Name);
        Assert.All(cells, cell => Assert.Matches("^e[0-9a-hjkmnp-tv-z]{14}$", cell.ExperimentId));
    }

    [Fact]
    public void Of_OtherStudy_HasOtherIds() => Assert.Empty(Expand(Document).Select(cell => cell.ExperimentId).Intersect(Expand(Document, "s2").Select(cell => cell.ExperimentId)));

    [Fact]
    public void Of_ValuesOrSeedsAdded_AddsExperimentsAndChangesNone() => Prop.ForAll(
        (from rates in Gen.Choose(1, 50).ArrayOf() from seeds in Gen.Choose(0, 30).ArrayOf() select (rates, seeds)).ToArbitrary(),
        more =>
        {
            var grown = JsonNode.Parse(Document)!;
            Add((JsonArray)grown["axes"]![0]!["values"]!, more.rates.Select(rate => rate / 1e5));
            Add((JsonArray)grown["seeds"]!, more.seeds.Select(seed => (double)seed));

            var (before, after) = (Expand(Document), Expand(grown.ToJsonString()).ToDictionary(cell => cell.ExperimentId));
            Assert.All(before, cell => Assert.Equal((cell.Cell, cell.Seed), (after[cell.ExperimentId].Cell, after[cell.ExperimentId].Seed)));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20).WithEndSize(4));

    [Theory]
    [InlineData("""{ "seeds": [] }""", "seeds", "different whole numbers")]
    [InlineData("""{ "seeds": [1, 1] }""", "seeds", "different whole numbers")]
    [InlineData("""{ "maxRunning": 0 }""", "maxRunning", "use 1 to 64")]
    [InlineData("""{ "axis": [] }""", "axis", "Did you mean 'axes'")]
    [InlineData("""{ "base": { "preset": "tiny", "seed": 3 } }""", "base.seed", "Stands in 'seeds'")]
    [InlineData("""{ "base": { "preset": "small" } }""", "base.preset", "There is no preset")]
    [InlineData("""{ "axes": [{ "field": "sft.learningRate.peek", "values": [1] }] }""", "base.sft.learningRate.peek", "Unknown field")]
    [InlineData("""{ "axes": [{ "field": "sft.batch", "values": [-1] }] }""", "base.sft.batch", "In cell 'batch=-1'")]
    [InlineData("""{ "axes": [{ "field": "sft.batch", "values": [4, 4] }] }""", "axes[0]", "one choice twice")]
    [InlineData("""{ "axes": [{ "field": "sft.batch" }] }""", "axes[0]", "Expected 'field' and 'values'")]
    public void Read_WhatCannotBe_IsRefusedWithFieldAndCure(string changes, string field, string says)
    {
        var document = (JsonObject)JsonNode.Parse(Document)!;
        foreach (var (name, value) in (JsonObject)JsonNode.Parse(changes)!)
        {
            document[name] = value?.DeepClone();
        }

        var error = Assert.Throws<CrescentException>(() => Expand(document.ToJsonString()));

        Assert.Equal("study-invalid", error.Code);
        Assert.Contains(error.Problems, problem => problem.Field == field && problem.Message.Contains(says, StringComparison.Ordinal));
    }

    [Fact]
    public void Of_TooManyExperiments_IsRefusedBeforeAnyIsMade()
    {
        var values = string.Join(", ", Enumerable.Range(1, 60));
        var document = $$"""{ "version": 1, "name": "n", "question": "q", "base": { "preset": "tiny" }, "axes": [{ "field": "a", "values": [{{values}}] }, { "field": "b", "values": [{{values}}] }], "seeds": [1] }""";

        Assert.Contains("3600 experiments", Assert.Throws<CrescentException>(() => Expand(document)).Message, StringComparison.Ordinal);
    }

    private static void Add(JsonArray list, IEnumerable<double> values)
    {
        foreach (var value in values.Distinct().Where(value => list.All(there => there!.GetValue<double>() != value)).ToList())
        {
            list.Add(value);
        }
    }

    private static IReadOnlyList<StudyCell> Expand(string document, string study = "s1") => StudyExpansion.Of(study, StudySpecReader.Read(JsonNode.Parse(document)));
}
