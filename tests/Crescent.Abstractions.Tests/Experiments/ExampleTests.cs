using System.Text.Json;
using System.Text.Json.Nodes;
using Crescent.Abstractions.Experiments;
using Crescent.Kernels.Interventions;
using Crescent.Kernels.Objectives;
using Crescent.Kernels.Presets;
using Crescent.Kernels.Recovery;
using Json.Schema;

namespace Crescent.Abstractions.Tests.Experiments;

public sealed class ExampleTests
{
    [Fact]
    public void Read_GpRecovery_GivesTheStudyOfTheDemo()
    {
        var spec = ExperimentSpecReader.Read(ExampleDocument.Read("gp-recovery.yaml"));

        Assert.Equal("gp-recovery", spec.Name);
        Assert.Equal([0, 10, 20, 40, 100, 300, 500, 800], spec.Sft.Checkpoints);
        Assert.Equal(["100", "300", "800"], spec.Recovery.From);
        Assert.Equal([new RecoveryControl("300", "shuffled-reward"), new RecoveryControl("800", "both-rules", 40)], spec.Recovery.Controls);
        Assert.Equal([new CheckpointPair("best", "end"), new CheckpointPair("base", "best"), new CheckpointPair("end", "recovery-800")], spec.Spectra.Pairs);
        Assert.Equal(
            [new(InterventionKind.RestoreValues, 1), new(InterventionKind.RestoreDirections, 0.20)],
            spec.Interventions.Run.Edits);
        Assert.Equal(300, spec.Claims.Step);
        Assert.Equal(128, spec.Model.HiddenSize);
    }

    public static TheoryData<string> Objectives => [.. Directory.GetFiles(ExampleDocument.Path("objectives")).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Objectives))]
    public void Read_Objective_IsSoundAndConforms(string file)
    {
        var document = ExampleDocument.Read(Path.Combine("objectives", file));
        Assert.True(Conforms(document));
        var spec = ExperimentSpecReader.Read(document);
        Assert.Equal(Path.GetFileNameWithoutExtension(file), spec.Sft.Objective.Name);
        Assert.Equal(ExperimentSpecReader.Write(spec), ExperimentSpecReader.Write(ExperimentSpecReader.Read(ExperimentSpecReader.WriteDocument(spec))));
    }

    [Fact]
    public void Objectives_OfTheExamples_AreAllThereAre() => Assert.Equal(ObjectiveCatalogue.Names.Select(name => name + ".yaml").Order(StringComparer.Ordinal), Objectives.Select(row => row.Data));

    public static TheoryData<string> Algorithms => [.. Directory.GetFiles(ExampleDocument.Path("algorithms")).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Read_Algorithm_IsSoundAndConforms(string file)
    {
        var document = ExampleDocument.Read(Path.Combine("algorithms", file));
        Assert.True(Conforms(document));
        var spec = ExperimentSpecReader.Read(document);
        Assert.StartsWith(spec.Recovery.Run.Algorithm, file, StringComparison.Ordinal);
        Assert.Equal(ExperimentSpecReader.Write(spec), ExperimentSpecReader.Write(ExperimentSpecReader.Read(ExperimentSpecReader.WriteDocument(spec))));
    }

    [Fact]
    public void Algorithms_OfTheExamples_AreAllThereAre() =>
        Assert.Equal(RecoveryAlgorithm.Names.Order(StringComparer.Ordinal), Algorithms.Select(row => Path.GetFileNameWithoutExtension(row.Data)).Where(name => name != "ppo-source-study").Order(StringComparer.Ordinal));

    [Fact]
    public void Read_SourceStudy_IsItsPreset()
    {
        var run = ExperimentSpecReader.Read(ExampleDocument.Read("algorithms/ppo-source-study.yaml")).Recovery.Run;
        Assert.Equal(SourceStudy.Ppo(run), run);
        Assert.Equal(SourceStudy.Ppo(new NanoPreset().Recovery(0)), run);
    }

    [Fact]
    public void Schema_OfTheExamples_IsCurrent()
    {
        var published = File.ReadAllText(ExampleDocument.Path("experiment.schema.json"));

        Assert.True(published == ExperimentSchema.Write(), "docs/examples/experiment.schema.json is not what ExperimentSchema.Write() gives: " + Environment.NewLine + ExperimentSchema.Write());
    }

    [Fact]
    public void Schema_GpRecovery_Conforms() => Assert.True(Conforms(ExampleDocument.Read("gp-recovery.yaml")));

    [Theory]
    [InlineData("gp-third-rule")]
    [InlineData("gp-original-wording")]
    [InlineData("gp-hands-held-out")]
    [InlineData("gp-prompt-diverse")]
    [InlineData("gp-rl-without-sft")]
    [InlineData("gp-low-data")]
    [InlineData("gp-ten-tries")]
    [InlineData("virl-rule")]
    [InlineData("matrix-rank")]
    [InlineData("matrix-determinant")]
    public void Read_ExampleOfATask_ConformsAndDiffersFromItsPresetWhereItSays(string name)
    {
        var document = ExampleDocument.Read($"{name}.yaml")!;
        Assert.True(Conforms(document));

        var spec = ExperimentSpecReader.Read(document);

        Assert.Equal(name, spec.Name);
        Assert.Equal(spec, ExperimentSpecReader.Read(ExperimentSpecReader.WriteDocument(spec)), (a, b) => ExperimentSpecReader.Write(a!) == ExperimentSpecReader.Write(b!));
        var preset = ExperimentSpecReader.Read($$"""{"version":1,"name":"{{spec.Name}}","question":"{{spec.Question}}","preset":"{{document["preset"]}}"}""");
        Assert.NotEqual(ExperimentSpecReader.Hash(preset), ExperimentSpecReader.Hash(spec));
    }

    [Fact]
    public void Schema_UnknownFieldOrWrongType_DoesNotConform()
    {
        var unknown = (JsonObject)ExampleDocument.Read("gp-recovery.yaml")!;
        unknown["sft"]!["stepps"] = 3;
        var wrong = (JsonObject)ExampleDocument.Read("gp-recovery.yaml")!;
        wrong["sft"]!["steps"] = "many";

        Assert.False(Conforms(unknown));
        Assert.False(Conforms(wrong));
    }

    private static bool Conforms(JsonNode? document)
    {
        using var parsed = JsonDocument.Parse(document!.ToJsonString());
        return JsonSchema.FromText(ExperimentSchema.Write()).Evaluate(document).IsValid;
    }
}
