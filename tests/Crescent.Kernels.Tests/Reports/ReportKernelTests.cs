using System.Text.RegularExpressions;
using Crescent.Kernels.Accounting;
using Crescent.Kernels.Claims;
using Crescent.Kernels.Jobs;
using Crescent.Kernels.Reports;
using Crescent.Kernels.Reports.Pages;

namespace Crescent.Kernels.Tests.Reports;

public sealed class ReportKernelTests(ReportKernelTests.Rendered rendered) : IClassFixture<ReportKernelTests.Rendered>
{
    private static readonly string[] FigureNames = ["recovery", "recovered-fraction", "tries", "angles", "singular-values", "directions", "heads", "interventions"];

    private readonly ReportJob job = rendered.Job;

    public sealed class Rendered
    {
        public ReportJob Job { get; } = ReportJob.Run(SyntheticExperiment.Spec);
    }

    [Fact]
    public void Run_FullExperiment_CommitsPageResultAndFiguresInOneOutcome()
    {
        string[] expected = [.. FigureNames.SelectMany(n => new[] { $"{n}.svg", $"{n}.csv", $"{n}.json" }), "result.json", "report.html"];

        var outcome = Assert.Single(job.Outcomes);

        Assert.Equal(OutcomeKinds.Completed, outcome.Kind);
        Assert.Equal(expected, outcome.Artifacts.Select(a => a.Name));
        Assert.All(outcome.Artifacts, a => Assert.Equal(a.Name switch { "report.html" => ArtifactKinds.Report, "result.json" => ArtifactKinds.Result, _ => ArtifactKinds.Figure }, a.Kind));
        var summary = JobJson.Read<ReportSummary>(outcome.Payload);
        Assert.Equal(FigureNames, summary.Figures);
        Assert.Equal(8, summary.Verdicts.Count);
    }

    [Fact]
    public void Run_EqualInputs_GivesEqualBytes() => Assert.Equal(job.Files, ReportJob.Run(SyntheticExperiment.Spec).Files);

    [Fact]
    public void Run_OnlySftPoints_LeavesOutWhatWasNotMeasured()
    {
        var spec = SyntheticExperiment.Spec with { Points = [.. SyntheticExperiment.Spec.Points.Where(p => p.Role == ReportRoles.Sft)], Spectra = [], Interventions = [] };

        var files = ReportJob.Run(spec).Files;

        Assert.Equal(["recovery.csv", "recovery.json", "recovery.svg", "report.html", "result.json", "tries.csv", "tries.json", "tries.svg"], files.Keys.Order(StringComparer.Ordinal));
        var result = JobJson.Read<ExperimentResultDocument>(files["result.json"]);
        Assert.All(result.Checkpoints, c => Assert.Null(c.Recovery));
        Assert.All(result.Claims.Where(c => c.Claim.StartsWith("rl-", StringComparison.Ordinal)), c => Assert.Equal(Verdict.Inconclusive, c.Verdict));
    }

    [Fact]
    public void Run_Stopped_CommitsNothing()
    {
        var stopped = new ReportJob(SyntheticExperiment.Spec, SyntheticExperiment.Records) { Stopped = true };

        Assert.Throws<OperationCanceledException>(() => new ReportKernel().Run(stopped));
        Assert.Empty(stopped.Outcomes);
    }

    [Fact]
    public void Run_DamagedRecord_SaysWhichTypeWasExpected()
    {
        var records = new Dictionary<string, object>(SyntheticExperiment.Records, StringComparer.Ordinal) { ["evaluation-sft-0"] = new ReportVerdict("", default) };

        var error = Assert.Throws<CrescentException>(() => new ReportKernel().Run(new ReportJob(SyntheticExperiment.Spec, records)));

        Assert.Equal("json-invalid", error.Code);
        Assert.Contains("EvaluationRecord", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_NamesNothingFromElsewhereAndRunsNoScript()
    {
        var page = job.Files["report.html"];

        Assert.DoesNotMatch(new Regex("https?:|//[a-z]|url\\(|@import|<script|<link|<img|<iframe|src=|href=(?!\"(#record-|artifacts/)[0-9a-f]{64}\")", RegexOptions.IgnoreCase), page);
    }

    /// <summary>Every mark of a figure leads to the row of its record on the page, and the row to the record's bytes beside the page.</summary>
    [Fact]
    public void Page_MarksLeadToTheirRecords()
    {
        var page = job.Files["report.html"];
        var anchors = Regex.Matches(page, "href=\"#record-([0-9a-f]{64})\"").Select(match => match.Groups[1].Value).ToArray();
        Assert.True(anchors.Length > 500);
        var known = job.InputNames.Select(job.InputHash).ToHashSet();
        Assert.All(anchors, hash => Assert.Contains(hash, known));
        Assert.Equal(known.Count, anchors.Distinct().Count());
        Assert.All(known, hash => Assert.Contains($"<tr id=\"record-{hash}\"", page, StringComparison.Ordinal));
        Assert.All(known, hash => Assert.Contains($"href=\"artifacts/{hash}\"", page, StringComparison.Ordinal));
        Assert.DoesNotContain("#record-", job.Files["recovery.svg"], StringComparison.Ordinal);
        Assert.Contains("../artifacts/", job.Files["recovery.svg"], StringComparison.Ordinal);
    }

    [Fact]
    public void Page_ShowsEachVerdictOfTheResult()
    {
        var page = job.Files["report.html"];
        var result = JobJson.Read<ExperimentResultDocument>(job.Files["result.json"]);

        Assert.Equal(8, result.Claims.Count);
        Assert.Equal(Verdict.Reproduced, result.Claims.Single(c => c.Claim == "forgets").Verdict);
        Assert.Equal(Verdict.NotReproduced, result.Claims.Single(c => c.Claim == "rl-restores").Verdict);
        Assert.Equal(Verdict.Inconclusive, result.Claims.Single(c => c.Claim == "rotation-predicts").Verdict);
        foreach (var claim in result.Claims)
        {
            var row = Regex.Match(page, $"<tr id=\"claim-{claim.Claim}\">.*?</tr>", RegexOptions.Singleline).Value;
            Assert.Contains($"badge {ClaimSection.Word(claim.Verdict)}", row, StringComparison.Ordinal);
            Assert.All(claim.Records, hash => Assert.Contains(hash[..12], row, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Page_StatesLimitsCommandsAndHashes()
    {
        var page = job.Files["report.html"];

        Assert.Contains("not outside the base model", page, StringComparison.Ordinal);
        Assert.All(FigureNames, name => Assert.Contains($"crescent figure get gp-recovery-1 {name} -o svg", page, StringComparison.Ordinal));
        Assert.All(job.Files.Where(f => f.Key != "report.html"), f => Assert.Contains(JobJson.Hash(f.Value), page, StringComparison.Ordinal));
        Assert.All(job.InputNames, name => Assert.Contains(job.InputHash(name), page, StringComparison.Ordinal));
    }

    [Fact]
    public void Page_Compute_IsSummedByStageWithItsShare()
    {
        ReportCompute Run(string run, string role, double flops) => new(run, new ComputeUse(GeneratedTokens: 1000, Flops: flops)) { Role = role };
        ReportCompute[] runs = [Run("evaluation/sft-0", "evaluation", 2e9), Run("base", "base-training", 5e9), Run("evaluation/sft-300", "evaluation", 1e9), Run("spectra/best-to-end", "spectra", 2e9)];

        var files = ReportJob.Run(SyntheticExperiment.Spec with { Compute = runs, Spectra = [], Interventions = [] }).Files;

        var section = Regex.Match(files["report.html"], "<section id=\"compute\">.*?<details>", RegexOptions.Singleline).Value;
        var rows = Regex.Matches(section, "<tr>(.*?)</tr>", RegexOptions.Singleline).Skip(1).Select(row => string.Join('|', Regex.Matches(row.Value, ">([^<>\\s][^<>]*)<").Select(cell => cell.Groups[1].Value)));
        Assert.Equal(["Base training|1|1,000|5.00e+9|50.0 %", "Evaluation|2|2,000|3.00e+9|30.0 %", "Spectra|1|1,000|2.00e+9|20.0 %", "All|4|4,000|1.00e+10|100.0 %"], rows);
        Assert.Equal(runs, JobJson.Read<ExperimentResultDocument>(files["result.json"]).Compute);
    }

    [Fact]
    public void Result_OfBeforeRunsHadRoles_IsRead()
    {
        var text = job.Files["result.json"];
        Assert.Contains("\"compute\": []", text, StringComparison.Ordinal);
        const string run = """{ "run": "sft", "use": { "trainedTokens": 5, "scoredTokens": 0, "generatedTokens": 0, "flops": 30 } }""";
        var old = text.Replace("\"compute\": []", $"\"compute\": [{run}]", StringComparison.Ordinal);

        Assert.Equal([new ReportCompute("sft", new ComputeUse(TrainedTokens: 5, Flops: 30))], JobJson.Read<ExperimentResultDocument>(old).Compute);
    }

    [Fact]
    public void Page_QuestionWithMarkup_IsEscaped()
    {
        var page = ReportJob.Run(SyntheticExperiment.Spec with { Question = "<b>\"a\" & {0}</b>", Spectra = [], Interventions = [] }).Files["report.html"];

        Assert.Contains("<h1>&lt;b&gt;&quot;a&quot; &amp; {0}&lt;/b&gt;</h1>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Result_FollowsTheContract()
    {
        using var document = System.Text.Json.JsonDocument.Parse(job.Files["result.json"]);
        var root = document.RootElement;

        var checkpoint = root.GetProperty("checkpoints").EnumerateArray().Single(c => c.GetProperty("step").GetInt32() == 300);
        var within = checkpoint.GetProperty("outOfDistribution").GetProperty("withinTries");
        Assert.InRange(within.GetProperty("accuracy").GetDouble(), within.GetProperty("low").GetDouble(), within.GetProperty("high").GetDouble());
        Assert.True(within.GetProperty("episodes").GetInt32() >= 200);
        Assert.Equal(198, within.GetProperty("clusters").GetInt32());
        Assert.True(checkpoint.GetProperty("recovery").GetProperty("inDistribution").TryGetProperty("firstTry", out _));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, root.GetProperty("checkpoints")[0].GetProperty("recovery").ValueKind);
        Assert.Equal(84, root.GetProperty("spectra").GetArrayLength());
        Assert.All(root.GetProperty("spectra").EnumerateArray(), e => Assert.True(e.TryGetProperty("nullMedianValueChange", out _)));
        Assert.All(root.GetProperty("interventions").EnumerateArray(), e => Assert.True(e.TryGetProperty("rollback", out _)));
        foreach (var claim in root.GetProperty("claims").EnumerateArray())
        {
            Assert.All(["claim", "criterion", "estimate", "low", "high", "scope", "controls", "records"], field => Assert.True(claim.TryGetProperty(field, out _), field));
            Assert.Contains(claim.GetProperty("verdict").GetString(), (string[])["reproduced", "not-reproduced", "inconclusive"]);
        }
    }
}
