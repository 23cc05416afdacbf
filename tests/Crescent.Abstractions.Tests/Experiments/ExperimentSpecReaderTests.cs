using System.Text.Json.Nodes;
using Crescent.Abstractions.Experiments;
using Crescent.Kernels.Jobs;
using Crescent.Kernels.Tasks.GeneralPoints;
using Crescent.Kernels.Tasks.Matrices;
using Crescent.Kernels.Tasks.Virl;

namespace Crescent.Abstractions.Tests.Experiments;

public sealed class ExperimentSpecReaderTests
{
    private const string Small = """{"version":1,"name":"n","question":"q","preset":"tiny"}""";

    [Theory]
    [InlineData("nano")]
    [InlineData("tiny")]
    public void Read_PresetAlone_GivesAWholeSpec(string preset)
    {
        var spec = ExperimentSpecReader.Read(Small.Replace("tiny", preset, StringComparison.Ordinal));

        Assert.Equal(spec.Model, spec.Sft.Model);
        Assert.Contains(spec.Claims.Step, spec.Sft.Checkpoints);
    }

    [Fact]
    public void Read_SeedModelAndTask_ReachEveryStage()
    {
        var spec = Read(document =>
        {
            document["seed"] = 18446744073709551615UL;
            document["task"] = new JsonObject { ["target"] = 30 };
            document["model"] = new JsonObject { ["layers"] = 3 };
        });

        Assert.All([spec.Base.Seed, spec.Sft.Seed, spec.Recovery.Run.Seed, spec.Evaluation.Seed, spec.Spectra.Run.Seed, spec.Interventions.Run.Seed, spec.Interventions.Run.Evaluation.Seed], seed => Assert.Equal(ulong.MaxValue, seed));
        Assert.All([spec.Base.Task, spec.Sft.Task, spec.Recovery.Run.Task, spec.Evaluation.Task, spec.Interventions.Run.Evaluation.Task], task => Assert.Equal(new GeneralPointsSpec { Target = 30 }, task));
        Assert.All([spec.Base.Model, spec.Sft.Model, spec.Recovery.Run.Model, spec.Evaluation.Model, spec.Spectra.Run.Model, spec.Interventions.Run.Model], model => Assert.Equal(3, model.Layers));
    }

    [Fact]
    public void Read_EvaluationChanged_InterventionsFollowExceptWhereTheySaySo()
    {
        var spec = Read(document =>
        {
            document["evaluation"] = new JsonObject { ["orderings"] = 3, ["tries"] = 4 };
            document["interventions"] = new JsonObject { ["run"] = new JsonObject { ["evaluation"] = new JsonObject { ["tries"] = 1 } } };
        });

        Assert.Equal((3, 4), (spec.Evaluation.Orderings, spec.Evaluation.Tries));
        Assert.Equal((3, 1), (spec.Interventions.Run.Evaluation.Orderings, spec.Interventions.Run.Evaluation.Tries));
    }

    [Fact]
    public void Read_GeneralPointsByName_IsTheSameSpecAsWithoutIt()
    {
        var named = Read(document => document["task"] = new JsonObject { ["kind"] = "general-points", ["target"] = 30 });
        var plain = Read(document => document["task"] = new JsonObject { ["target"] = 30 });

        Assert.Equal(ExperimentSpecReader.Write(plain), ExperimentSpecReader.Write(named));
        Assert.DoesNotContain("\"kind\":\"general", ExperimentSpecReader.Write(named), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TaskWithoutKind_IsOfItsPresetsKind()
    {
        var spec = ExperimentSpecReader.Read("""{"version":1,"name":"n","question":"q","preset":"virl-nano","task":{"routes":100}}""");

        Assert.Equal(new VirlSpec { Routes = 100 }, spec.Evaluation.Task);
        Assert.StartsWith("""{"kind":"virl",""", JobJson.Write(spec.Task), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TaskOfAnotherKind_TakesNothingFromThePresets()
    {
        var spec = Read(document =>
        {
            document["task"] = new JsonObject { ["kind"] = "matrix-rank", ["matrices"] = 150 };
            document["model"] = new JsonObject { ["vocabularySize"] = 43 };
        });

        Assert.Equal(new MatrixRankSpec { Matrices = 150 }, spec.Sft.Task);
    }

    [Fact]
    public void WriteDocument_ReadAgain_GivesTheSameSpec()
    {
        var spec = Read(document => document["seed"] = 7);

        var again = ExperimentSpecReader.Read(ExperimentSpecReader.WriteDocument(spec));

        Assert.Equal(ExperimentSpecReader.Write(spec), ExperimentSpecReader.Write(again));
        Assert.Equal(ExperimentSpecReader.Hash(spec), ExperimentSpecReader.Hash(again));
    }

    [Fact]
    public void Write_ReadAsCanonicalJson_GivesTheSameBytes()
    {
        var text = ExperimentSpecReader.Write(ExperimentSpecReader.Read(Small));

        Assert.Equal(text, ExperimentSpecReader.Write(JobJson.Read<ExperimentSpec>(text)));
    }

    [Theory]
    [InlineData("""{"sft":{"stepps":5}}""", "sft.stepps", "'steps'")]
    [InlineData("""{"recovry":{}}""", "recovry", "'recovery'")]
    [InlineData("""{"model":{"headSize":4}}""", "model.headSize", "Unknown")]
    [InlineData("""{"sft":{"steps":"many"}}""", "sft.steps", "whole number")]
    [InlineData("""{"sft":{"steps":1.5}}""", "sft.steps", "whole number")]
    [InlineData("""{"sft":{"steps":null}}""", "sft.steps", "Give a value")]
    [InlineData("""{"sft":{"steps":99999999999}}""", "sft.steps", "whole number")]
    [InlineData("""{"sft":{"steps":-5}}""", "sft.steps", "1 to")]
    [InlineData("""{"sft":{"batch":70000}}""", "sft.batch", "1 to 65536")]
    [InlineData("""{"sft":[1]}""", "sft", "an object")]
    [InlineData("""{"sft":{"checkpoints":8}}""", "sft.checkpoints", "list")]
    [InlineData("""{"sft":{"checkpoints":[0,"x",16]}}""", "sft.checkpoints[1]", "whole number")]
    [InlineData("""{"sft":{"checkpoints":[0,8,16,90]}}""", "sft.checkpoints[3]", "0 to 16")]
    [InlineData("""{"sft":{"checkpoints":[0,16,8]}}""", "sft.checkpoints[2]", "sort")]
    [InlineData("""{"sft":{"checkpoints":[0,8]}}""", "sft.checkpoints", "16")]
    [InlineData("""{"sft":{"checkpoints":[16]},"recovery":{"from":["end"],"controls":[]},"claims":{"step":16}}""", "sft.checkpoints", "at least two")]
    [InlineData("""{"sft":{"objective":{"name":"stf"}}}""", "sft.objective.name", "unknown")]
    [InlineData("""{"sft":{"learningRate":{"peak":0.1,"decay":"cosin"}}}""", "sft.learningRate.decay", "'cosine'")]
    [InlineData("""{"sft":{"seed":3}}""", "sft.seed", "top")]
    [InlineData("""{"interventions":{"run":{"model":{}}}}""", "interventions.run.model", "top")]
    [InlineData("""{"seed":-1}""", "seed", "0 or more")]
    [InlineData("""{"version":2}""", "version", "version: 1")]
    [InlineData("""{"name":""}""", "name", "1 to 80")]
    [InlineData("""{"name":"a\nb"}""", "name", "one line")]
    [InlineData("""{"preset":"nanno"}""", "preset", "'nano'")]
    [InlineData("""{"task":{"inDistribution":"faces-as-11-12-13"}}""", "task.outOfDistribution", "other rule")]
    [InlineData("""{"task":{"target":500}}""", "task.target", "0 to")]
    [InlineData("""{"task":{"kind":"general-point"}}""", "task.kind", "'general-points'")]
    [InlineData("""{"task":{"kind":7}}""", "task.kind", "general-points")]
    [InlineData("""{"task":{"kind":"general-points","targt":24}}""", "task.targt", "'target'")]
    [InlineData("""{"task":{"wording":"orignal"}}""", "task.wording", "'original'")]
    [InlineData("""{"task":{"heldOut":"faces-as-10"}}""", "task.heldOut", "third")]
    [InlineData("""{"task":{"heldOut":"faces-as-5-6-7"}}""", "model.vocabularySize", "98")]
    [InlineData("""{"sft":{"data":{"examples":0}}}""", "sft.data.examples", "1 to")]
    [InlineData("""{"sft":{"data":{"distinct":true}}}""", "sft.data.examples", "Missing")]
    [InlineData("""{"evaluation":{"tries":11}}""", "evaluation.tries", "1 to 10")]
    [InlineData("""{"sft":{"checkpoints":[8,16]},"recovery":{"from":["base",8],"controls":[]}}""", "recovery.from[0]", "base (step 0)")]
    [InlineData("""{"task":{"kind":"virl"}}""", "model.vocabularySize", "101")]
    [InlineData("""{"task":{"kind":"virl","target":24}}""", "task.target", "Known here")]
    [InlineData("""{"task":{"kind":"virl","outOfDistribution":"absolute"}}""", "task.outOfDistribution", "other rule")]
    [InlineData("""{"task":{"kind":"matrix-determinant","inDistribution":{"rows":2}}}""", "task.inDistribution.columns", "Missing")]
    [InlineData("""{"model":{"heads":3}}""", "model.heads", "3 heads")]
    [InlineData("""{"model":{"heads":0}}""", "model.heads", "1 to")]
    [InlineData("""{"model":{"hiddenSize":8192,"layers":128,"feedForwardSize":32768}}""", "model", "parameters")]
    [InlineData("""{"model":{"maxPositions":20}}""", "model.maxPositions", "at least")]
    [InlineData("""{"recovery":{"from":[8,12]}}""", "recovery.from[1]", "0, 4, 8, 16")]
    [InlineData("""{"recovery":{"from":[8,"every-7"]}}""", "recovery.from[1]", "no checkpoint")]
    [InlineData("""{"recovery":{"from":[8,"bst"]}}""", "recovery.from[1]", "best")]
    [InlineData("""{"recovery":{"run":{"algorithm":"ppoo"}}}""", "recovery.run.algorithm", "grpo")]
    [InlineData("""{"recovery":{"controls":[{"from":8,"role":"shuffled"}]}}""", "recovery.controls[0].role", "shuffled-reward")]
    [InlineData("""{"recovery":{"controls":[{"from":5,"role":"both-rules"}]}}""", "recovery.controls[0].from", "0, 4, 8, 16")]
    [InlineData("""{"recovery":{"controls":[{"from":8,"role":"both-rules","updates":0}]}}""", "recovery.controls[0].updates", "1 to")]
    [InlineData("""{"recovery":{"controls":[{"from":16,"role":"both-rules"},{"from":"end","role":"both-rules"}]}}""", "recovery.controls[1]", "Drop one")]
    [InlineData("""{"recovery":{"controls":[{"from":8}]}}""", "recovery.controls[0].role", "Missing")]
    [InlineData("""{"claims":{"step":4}}""", "claims.step", "8, 16")]
    [InlineData("""{"spectra":{"run":{"rankShares":[0.1,1.0]}}}""", "spectra.run.rankShares[1]", "under 1")]
    [InlineData("""{"spectra":{"run":{"rankShares":[0]}}}""", "spectra.run.rankShares[0]", "over 0")]
    [InlineData("""{"spectra":{"run":{"rankShares":[0.99]}}}""", "spectra.run.rankShares[0]", "0.969 or less")]
    [InlineData("""{"spectra":{"run":{"rankShares":[]}}}""", "spectra.run.rankShares", "empty")]
    [InlineData("""{"spectra":{"pairs":[{"from":"best","to":"sft-7"}]}}""", "spectra.pairs[0].to", "sft-STEP")]
    [InlineData("""{"spectra":{"pairs":[{"from":"end","to":"recovery-4"}]}}""", "spectra.pairs[0].to", "recovery.from")]
    [InlineData("""{"spectra":{"pairs":[{"from":"end","to":"end"}]}}""", "spectra.pairs[0].to", "itself")]
    [InlineData("""{"interventions":{"source":"bset"}}""", "interventions.source", "no checkpoint")]
    [InlineData("""{"interventions":{"run":{"edits":[{"kind":"restore-directions","rankShare":1}]}}}""", "interventions.run.edits[0].rankShare", "under 1")]
    [InlineData("""{"interventions":{"run":{"edits":[{"kind":"restore-values","rankShare":1.5}]}}}""", "interventions.run.edits[0].rankShare", "at most 1")]
    [InlineData("""{"interventions":{"run":{"edits":[{"kind":"restore-directions","rankShare":0.5,"firstLayer":9}]}}}""", "interventions.run.edits[0].firstLayer", "layers 0 to")]
    [InlineData("""{"interventions":{"run":{"edits":[{"kind":"restore-directions","rankShare":0.5,"matrices":"attention","range":"tale"}]}}}""", "interventions.run.edits[0].range", "'tail'")]
    [InlineData("""{"claims":{"criteria":[{"claim":"rl-improve","smallest":0.1}]}}""", "claims.criteria[0].claim", "rl-improves")]
    [InlineData("""{"claims":{"criteria":[{"claim":"forgets","smallest":0}]}}""", "claims.criteria[0].smallest", "over 0")]
    [InlineData("""{"spectra":{"run":{"ranks":[4,500]}}}""", "spectra.run.ranks[1]", "every angle is 0")]
    [InlineData("""{"spectra":{"run":{"headNullDraws":-1}}}""", "spectra.run.headNullDraws", "use 0 to")]
    [InlineData("""{"interventions":{"run":{"edits":[{"kind":"restore-direction","rankShare":0.5}]}}}""", "interventions.run.edits[0].kind", "'restore-directions'")]
    [InlineData("""{"evaluation":{"reportingShare":2}}""", "evaluation.reportingShare", "share")]
    [InlineData("""{"sft":{"objective":{"name":"sft","lambda":0.1}}}""", "sft.objective.lambda", "Leave it out")]
    [InlineData("""{"sft":{"objective":{"name":"dft","reference":"base"}}}""", "sft.objective.reference", "leave it out")]
    [InlineData("""{"sft":{"objective":{"name":"rho-1"}}}""", "sft.objective.reference", "SHA-256")]
    [InlineData("""{"sft":{"objective":{"name":"eksft","selection":"quantile","ratio":0.2}}}""", "sft.objective.ratio", "top-ratio")]
    [InlineData("""{"sft":{"objective":{"name":"eksft","selection":"threshold","klThreshold":1}}}""", "sft.objective.entropyThreshold", "in nats")]
    [InlineData("""{"sft":{"objective":{"name":"eksft","entropyTarget":0.4}}}""", "sft.objective.entropyTarget", "adaptLambda")]
    [InlineData("""{"recovery":{"run":{"kl":{"place":"loss"}}}}""", "recovery.run.kl.beta", "does nothing")]
    [InlineData("""{"recovery":{"run":{"kl":{"beta":0.1}}}}""", "recovery.run.kl.place", "reward or loss")]
    [InlineData("""{"recovery":{"run":{"ppo":{"gaeLambda":0.5}}}}""", "recovery.run.ppo", "no critic")]
    [InlineData("""{"recovery":{"run":{"algorithm":"ppo","samplingRounds":4}}}""", "recovery.run.samplingRounds", "leave it out")]
    [InlineData("""{"recovery":{"run":{"algorithm":"gspo","lengthNormalisation":"token-mean"}}}""", "recovery.run.lengthNormalisation", "leave it out")]
    [InlineData("""{"recovery":{"run":{"groupSize":1}}}""", "recovery.run.groupSize", "nothing to compare")]
    [InlineData("""{"recovery":{"run":{"temperature":0}}}""", "recovery.run.temperature", "number over 0")]
    [InlineData("""{"recovery":{"run":{"rewards":{"correct":1,"wrongValue":1,"wrongNumbers":1,"illegal":1}}}}""", "recovery.run.rewards", "nothing to learn")]
    [InlineData("""{"spectra":{"run":{"ranks":[0]}}}""", "spectra.run.ranks[0]", "use 1 to")]
    [InlineData("""{"spectra":{"run":{"nullDraws":0}}}""", "spectra.run.nullDraws", "1 to")]
    [InlineData("""{"spectra":{"run":{"clusterGap":1}}}""", "spectra.run.clusterGap", "under 1")]
    [InlineData("""{"interventions":{"run":{"edits":[{"kind":"swap-directions","rankShare":0}]}}}""", "interventions.run.edits[0].rankShare", "over 0")]
    [InlineData("""{"interventions":{"run":{"edits":[{"kind":"restore-directions","rankShare":0.5,"firstLayer":1,"lastLayer":0}]}}}""", "interventions.run.edits[0].lastLayer", "from the first")]
    [InlineData("""{"interventions":{"source":"end","target":"end"}}""", "interventions.target", "itself")]
    [InlineData("""{"task":{"holdOut":0.95}}""", "task.holdOut", "0 to 0.9")]
    [InlineData("""{"task":{"prompts":"rules","heldOut":"faces-as-5-6-7"}}""", "task.prompts", "held out")]
    [InlineData("""{"task":{"kind":"virl","otherCity":1}}""", "task.otherCity", "nothing is held out")]
    [InlineData("""{"task":{"kind":"matrix-rank","outOfDistribution":{"rows":4,"columns":5,"largest":4}}}""", "task.outOfDistribution", "same shape")]
    [InlineData("""{"task":{"kind":"matrix-determinant","outOfDistribution":{"rows":3,"columns":2,"largest":4}}}""", "task.outOfDistribution.columns", "no determinant")]
    public void Read_BadValue_NamesFieldAndCure(string change, string field, string cure)
    {
        var error = Refused(document => Overlay(document, (JsonObject)JsonNode.Parse(change)!));

        var problem = Assert.Single(error.Problems, problem => problem.Field == field);
        Assert.Contains(cure, problem.Message, StringComparison.Ordinal);
        Assert.Contains(field, error.Message, StringComparison.Ordinal);
        Assert.False(error.Retryable);
    }

    [Fact]
    public void Read_SeveralThingsWrong_TellsAllAtOnce()
    {
        var error = Refused(document => Overlay(document, (JsonObject)JsonNode.Parse("""{"sft":{"stepps":1,"batch":"x"},"claims":{"step":3},"spectra":{"run":{"rankShares":[2]}}}""")!));

        Assert.Equal(["claims.step", "sft.batch", "sft.stepps", "spectra.run.rankShares[0]"], error.Problems.Select(problem => problem.Field).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Read_NoPreset_NamesEveryMissingStage()
    {
        var error = Refused(document => document.Remove("preset"));

        Assert.Contains(error.Problems, problem => problem.Field == "sft" && problem.Message.Contains("preset: nano", StringComparison.Ordinal));
        Assert.Contains(error.Problems, problem => problem.Field == "model");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("7")]
    [InlineData("""{"version":1,"version":1}""")]
    public void Read_NoDocument_IsRefused(string text)
    {
        var error = Assert.Throws<CrescentException>(() => ExperimentSpecReader.Read(text));

        Assert.Equal("spec-invalid", error.Code);
        Assert.NotEmpty(error.Problems);
    }

    [Fact]
    public void Read_TooManyCheckpoints_IsRefused()
    {
        var error = Refused(document => document["sft"] = new JsonObject { ["steps"] = 100, ["checkpoints"] = new JsonArray([.. Enumerable.Range(0, 101).Select(step => JsonValue.Create(step))]) });

        Assert.Contains(error.Problems, problem => problem is { Field: "sft.checkpoints" } && problem.Message.Contains("at most 64", StringComparison.Ordinal));
    }

    [Fact]
    public void Read_WholeNumbersWhereNamesStand_AreNames()
    {
        var spec = Read(document => document["recovery"] = new JsonObject { ["from"] = new JsonArray(8, "end") });

        Assert.Equal(["8", "end"], spec.Recovery.From);
    }

    [Fact]
    public void Starts_Base_IsStepZeroOfSft()
    {
        var spec = Read(document => document["recovery"] = new JsonObject { ["from"] = new JsonArray("base", 8, 0, 16) });

        Assert.Equal(["0", "8", "16"], CheckpointSelector.Starts(spec, spec.Recovery.From));
    }

    private static ExperimentSpec Read(Action<JsonObject> change)
    {
        var document = (JsonObject)JsonNode.Parse(Small)!;
        change(document);
        return ExperimentSpecReader.Read(document.ToJsonString());
    }

    private static CrescentException Refused(Action<JsonObject> change)
    {
        var error = Assert.Throws<CrescentException>(() => Read(change));
        Assert.Equal("spec-invalid", error.Code);
        return error;
    }

    private static void Overlay(JsonObject document, JsonObject change)
    {
        foreach (var (name, value) in change)
        {
            document[name] = value?.DeepClone();
        }
    }
}
