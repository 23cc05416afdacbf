using System.Text;
using Crescent.Kernels.Engines;
using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Interventions;
using Crescent.Kernels.Jobs;
using Crescent.Kernels.Models;
using Crescent.Kernels.Presets;
using Crescent.Kernels.Reports;
using Crescent.Kernels.Spectra;
using Crescent.Kernels.Tasks.GeneralPoints;
using Crescent.Kernels.Tensors;
using Crescent.Kernels.Tests.Engines;
using Crescent.Kernels.Tests.Jobs;
using Crescent.Kernels.Tests.Reports;
using Crescent.Kernels.Tests.Spectra;

namespace Crescent.Kernels.Tests.Independent;

/// <summary>Exported artifacts, judged again by plain Python and NumPy.</summary>
public sealed class IndependentJudgeTests : IDisposable
{
    private static readonly DecoderSpec Model = new()
    {
        VocabularySize = 29, HiddenSize = 24, Layers = 2, Heads = 4, KeyValueHeads = 2, FeedForwardSize = 40, MaxPositions = 16,
    };

    private readonly string folder = Directory.CreateTempSubdirectory("crescent-judge-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Save(string name, byte[] bytes)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    /// <summary>Answers of every kind, by a hash of the cards: solutions, other values, other numbers, broken formulas, nothing at all.</summary>
    private static int[] Answer(int[] prompt)
    {
        var deal = new Deal([.. prompt[3..7].Select(token => token - Vocabulary.Card(1) + 1)], prompt[2] == Vocabulary.FacesAsTen ? FaceRule.FacesAsTen : FaceRule.FacesAsRanks);
        var solution = SolutionBook.For(24).Solutions(deal.Numbers)[0];
        var kind = prompt[3..7].Aggregate(prompt.Length, (hash, token) => ((hash * 31) + token) % 1009) % 7;
        return kind switch
        {
            0 or 1 => Dialogue.Answer(deal.Numbers, solution, 24),
            2 => Dialogue.Answer(deal.Numbers, [Vocabulary.Number(deal.Numbers[0]), Vocabulary.Plus, Vocabulary.Number(deal.Numbers[1]), Vocabulary.Plus, Vocabulary.Number(deal.Numbers[2]), Vocabulary.Plus, Vocabulary.Number(deal.Numbers[3])], 24),
            3 => Dialogue.Answer(deal.Numbers, [Vocabulary.Number(4), Vocabulary.Plus + 2, Vocabulary.Number(6)], 24),
            4 => Dialogue.Answer(deal.Numbers, solution[..^1], 24),
            5 => Dialogue.Answer(deal.Numbers, [Vocabulary.Number(1), Vocabulary.Divide, Vocabulary.Plus + 4, Vocabulary.Number(2), Vocabulary.Plus + 1, Vocabulary.Number(2), Vocabulary.Plus + 5], 24),
            _ => [Vocabulary.Eos],
        };
    }

    private sealed class ScriptedEngines : IEngineFactory
    {
        public string Name => "scripted";

        public IEngine Create(DecoderSpec model, TensorSet weights) => new ScriptedEngine(Answer, _ => { });
    }

    private static MemoryJob Evaluated(bool allAnswers = false)
    {
        var tiny = new TinyPreset();
        var job = new MemoryJob(JobJson.Write(tiny.Evaluation(3) with { Tries = 3, AllAnswers = allAnswers }), new Dictionary<string, byte[]> { ["checkpoint"] = RandomWeights.Bytes(RandomWeights.Of(tiny.Model, 1)) });
        new EvaluationKernel(new ScriptedEngines()).Run(job);
        return job;
    }

    [Fact]
    public async Task Evaluation_Exported_IsScoredAlike()
    {
        var bytes = Evaluated().Artifacts[EvaluationKernel.Artifact];
        var verdicts = JobJson.Read<EvaluationRecord>(Encoding.UTF8.GetString(bytes)).Episodes.Select(episode => episode.Verdicts[0]).ToHashSet();
        Assert.Equal(["correct", "illegal", "wrong-numbers", "wrong-value"], verdicts.Order(StringComparer.Ordinal));

        var (code, output) = await PythonJudge.RunAsync("evaluation", Save("evaluation.json", bytes), "faces-as-10", "faces-as-11-12-13", "24");
        Assert.True(code == 0, output);
        Assert.Contains("0 disagreements", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluation_WithAllAnswers_HasEveryTryScoredAlike()
    {
        var bytes = Evaluated(allAnswers: true).Artifacts[EvaluationKernel.Artifact];
        var record = JobJson.Read<EvaluationRecord>(Encoding.UTF8.GetString(bytes));
        var tries = record.Episodes.Sum(episode => episode.Verdicts.Length);
        Assert.True(tries > record.Episodes.Count);
        Assert.All(record.Episodes, episode => Assert.Equal(episode.Verdicts.Length - 1, episode.LaterAnswers!.Length));
        Assert.Equal(
            JobJson.Hash(Encoding.UTF8.GetString(Evaluated().Artifacts[EvaluationKernel.Artifact])), JobJson.Hash(JobJson.Write(record with { Episodes = [.. record.Episodes.Select(episode => episode with { LaterAnswers = null })] })));

        var (code, output) = await PythonJudge.RunAsync("evaluation", Save("evaluation.json", bytes), "faces-as-10", "faces-as-11-12-13", "24");
        Assert.True(code == 0, output);
        Assert.Contains($"{tries} of {tries} tries", output, StringComparison.Ordinal);

        var late = record.Episodes.First(episode => episode.Verdicts is [_, "illegal", ..]);
        var tampered = record with { Episodes = [.. record.Episodes.Select(episode => episode == late ? episode with { Verdicts = [episode.Verdicts[0], "wrong-value", .. episode.Verdicts[2..]] } : episode)] };
        (code, output) = await PythonJudge.RunAsync("evaluation", Save("tampered.json", Encoding.UTF8.GetBytes(JobJson.Write(tampered))), "faces-as-10", "faces-as-11-12-13", "24");
        Assert.Equal(1, code);
        Assert.Contains("is illegal, recorded as wrong-value", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interventions_OfTwoCheckpoints_AreMadeAgain()
    {
        var tiny = new TinyPreset();
        var source = RandomWeights.Of(tiny.Model, 1);
        var inputs = new Dictionary<string, byte[]> { ["source"] = RandomWeights.Bytes(source), ["target"] = RandomWeights.Bytes(RandomWeights.Of(tiny.Model, 2, 0.02f, source)) };
        InterventionEdit[] edits =
        [
            new(InterventionKind.RestoreDirections, 0.2),
            new(InterventionKind.RestoreDirections, 0.3) { Range = RankRange.Middle, Matrices = EditedMatrices.Attention, FirstLayer = 1, Reverse = true },
            new(InterventionKind.RestoreValues, 1) { Matrices = EditedMatrices.Down },
            new(InterventionKind.SwapDirections, 0.25) { Range = RankRange.Tail, LastLayer = 0, Matrices = EditedMatrices.FeedForward },
        ];
        var spec = new InterventionSpec { Seed = 1, Model = tiny.Model, Edits = edits, Evaluation = tiny.Evaluation(1) with { Tries = 1, Orderings = 1 }, RandomDraws = 1 };
        var job = new MemoryJob(JobJson.Write(spec), inputs);
        new InterventionKernel(new ScriptedEngines()).Run(job);
        var (from, onto) = (Save("source.safetensors", inputs["source"]), Save("target.safetensors", inputs["target"]));
        var text = Encoding.UTF8.GetString(job.Artifacts[InterventionKernel.Artifact]);

        var (code, output) = await PythonJudge.RunAsync("interventions", Save("interventions.json", Encoding.UTF8.GetBytes(text)), from, onto, "faces-as-10", "faces-as-11-12-13", "24");
        Assert.True(code == 0, output);
        Assert.Contains("4 edits made again", output, StringComparison.Ordinal);

        var result = JobJson.Read<InterventionResult>(text);
        var other = result with { Outcomes = [result.Outcomes[0] with { ChangeNorm = result.Outcomes[0].ChangeNorm * 1.0001 }, .. result.Outcomes.Skip(1)] };
        (code, output) = await PythonJudge.RunAsync("interventions", Save("other.json", Encoding.UTF8.GetBytes(JobJson.Write(other))), from, onto);
        Assert.Equal(1, code);
        Assert.Contains("edit 0: norm of the change", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluation_Tampered_IsFound()
    {
        var record = JobJson.Read<EvaluationRecord>(Encoding.UTF8.GetString(Evaluated().Artifacts[EvaluationKernel.Artifact]));
        var wrong = record.Episodes.First(episode => episode.Verdicts[0] == "wrong-value");
        var tampered = record with { Episodes = [.. record.Episodes.Select(episode => episode == wrong ? episode with { SolvedAt = 1, Verdicts = ["correct"] } : episode)] };

        var (code, output) = await PythonJudge.RunAsync("evaluation", Save("evaluation.json", Encoding.UTF8.GetBytes(JobJson.Write(tampered))), "faces-as-10", "faces-as-11-12-13", "24");
        Assert.Equal(1, code);
        Assert.Contains("is wrong-value, recorded as correct", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Spectra_OfTwoCheckpoints_AreRecomputedAlike()
    {
        var from = RandomWeights.Of(Model, 1);
        var to = RandomWeights.Of(Model, 2, 0.02f, from);
        var inputs = new Dictionary<string, byte[]> { ["from"] = RandomWeights.Bytes(from), ["to"] = RandomWeights.Bytes(to) };
        var job = new MemoryJob(JobJson.Write(new SpectraSpec { Seed = 1, Model = Model, NullDraws = 1, HeadNullDraws = 1, Ranks = [3] }), inputs);
        new SpectraKernel().Run(job);
        var files = (From: Save("from.safetensors", inputs["from"]), To: Save("to.safetensors", inputs["to"]));
        var text = Encoding.UTF8.GetString(job.Artifacts["spectra.json"]);

        var (code, output) = await PythonJudge.RunAsync("spectra", Save("spectra.json", Encoding.UTF8.GetBytes(text)), files.From, files.To, "4", "2");
        Assert.True(code == 0, output);
        Assert.Contains("16 matrices and 16 products of heads recomputed, 0 disagreements", output, StringComparison.Ordinal);

        var result = JobJson.Read<SpectraResult>(text);
        var first = result.Matrices[3];
        var other = result with { Matrices = [.. result.Matrices.Select(matrix => matrix == first ? matrix with { StableRank = matrix.StableRank * 1.001 } : matrix)] };
        (code, output) = await PythonJudge.RunAsync("spectra", Save("other.json", Encoding.UTF8.GetBytes(JobJson.Write(other))), files.From, files.To, "4", "2");
        Assert.Equal(1, code);
        Assert.Contains("stable rank", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Result_OfAReport_IsRecomputedFromItsRecords()
    {
        var job = ReportJob.Run(SyntheticExperiment.Spec);
        foreach (var name in job.InputNames.Where(name => name.StartsWith("evaluation-", StringComparison.Ordinal)))
        {
            using var stream = job.OpenInput(name);
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            Save($"{job.InputHash(name)}.json", bytes.ToArray());
        }

        var (code, output) = await PythonJudge.RunAsync("scores", Save("result.json", Encoding.UTF8.GetBytes(job.Files["result.json"])), folder);
        Assert.True(code == 0, output);
        Assert.Contains("gains recomputed, with their intervals, 0 disagreements", output, StringComparison.Ordinal);

        var result = JobJson.Read<ExperimentResultDocument>(job.Files["result.json"]);
        var last = result.Checkpoints[^1];
        var narrow = last.Recovery! with { Gain = last.Recovery.Gain with { OutOfDistribution = last.Recovery.Gain.OutOfDistribution with { WithinTries = last.Recovery.Gain.OutOfDistribution.WithinTries with { Low = 0.001 } } } };
        (code, output) = await PythonJudge.RunAsync("scores", Save("other.json", Encoding.UTF8.GetBytes(JobJson.Write(result with { Checkpoints = [.. result.Checkpoints.SkipLast(1), last with { Recovery = narrow }] }))), folder);
        Assert.Equal(1, code);
        Assert.Contains("gain: low", output, StringComparison.Ordinal);
    }
}
