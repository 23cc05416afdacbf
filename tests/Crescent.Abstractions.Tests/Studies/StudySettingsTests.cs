using System.Text.Json.Nodes;
using Crescent.Abstractions.Studies;
using Crescent.Kernels.Studies;
using StudyCell = Crescent.Abstractions.Studies.StudyCell;

namespace Crescent.Abstractions.Tests.Studies;

public sealed class StudySettingsTests
{
    [Fact]
    public void Of_CellsThatDifferInTheObjectiveOnly_AreEqualBesidesIt()
    {
        var settings = Settings("""{ "name": "objective", "variants": [{ "name": "sft" }, { "name": "kl", "changes": { "sft": { "objective": { "name": "sft-kl", "lambda": 0.1, "reference": "start" } } } }] }""");

        Assert.Equal(["sft", "sft-kl"], settings.Select(setting => setting.Objective));
        Assert.Single(settings.Select(setting => setting.BesidesObjective).Distinct());
        Assert.Equal(2, settings.Select(setting => setting.BesidesTries).Distinct().Count());
    }

    [Fact]
    public void Of_CellsThatDifferInTheTriesOfRl_AreEqualBesidesThem()
    {
        var settings = Settings("""{ "field": "recovery.run.tries", "values": [1, 2] }""");

        Assert.Equal([1, 2], settings.Select(setting => setting.RecoveryTries));
        Assert.Single(settings.Select(setting => setting.BesidesTries).Distinct());
        Assert.Equal(2, settings.Select(setting => setting.BesidesObjective).Distinct().Count());
    }

    [Fact]
    public void Of_CellsThatDifferElsewhere_AreEqualInNeither()
    {
        var settings = Settings("""{ "field": "sft.learningRate.peak", "values": [0.001, 0.0005] }""");

        Assert.Equal(2, settings.Select(setting => setting.BesidesObjective).Distinct().Count());
        Assert.Equal(2, settings.Select(setting => setting.BesidesTries).Distinct().Count());
    }

    [Fact]
    public void Of_SeedsOfACell_HaveOneSetting()
    {
        var cells = Expand("""{ "field": "recovery.run.tries", "values": [1] }""");

        Assert.Equal(2, cells.Count);
        Assert.Equal(StudySettings.Of(cells[0].Spec) with { Criteria = [] }, StudySettings.Of(cells[1].Spec) with { Criteria = [] });
    }

    private static IReadOnlyList<StudySetting> Settings(string axis) => [.. Expand(axis).Where(cell => cell.Seed == 1).Select(cell => StudySettings.Of(cell.Spec))];

    private static IReadOnlyList<StudyCell> Expand(string axis) => StudyExpansion.Of("s1", StudySpecReader.Read(JsonNode.Parse(
        $$"""{ "version": 1, "name": "n", "question": "Why?", "base": { "preset": "tiny" }, "axes": [{{axis}}], "seeds": [1, 2] }""")));
}
