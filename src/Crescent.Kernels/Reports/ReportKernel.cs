using System.Text;
using Crescent.Kernels.Claims;
using Crescent.Kernels.Engines;
using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Interventions;
using Crescent.Kernels.Jobs;
using Crescent.Kernels.Spectra;

namespace Crescent.Kernels.Reports;

/// <summary>Payload of a finished report.</summary>
public sealed record ReportSummary(IReadOnlyList<string> Figures, IReadOnlyList<ReportVerdict> Verdicts);

public sealed record ReportVerdict(string Claim, Verdict Verdict);

/// <summary>Reads an experiment's records and commits its figures, <c>result.json</c> and <c>report.html</c>. The bytes hold no time, host or path: equal records give equal reports.</summary>
/// <param name="engines">Whose name the header carries; the engine that ran the models, since one deployment has one.</param>
public sealed class ReportKernel(IEngineFactory? engines = null) : IKernel
{
    public string Kind => JobKinds.Report;

    public void Run(IJobContext job)
    {
        ArgumentNullException.ThrowIfNull(job);
        var spec = JobJson.Read<ReportSpec>(job.Spec);
        spec = spec with { Engine = spec.Engine ?? engines?.Name };
        var inputs = ReadInputs(job, spec);
        job.ThrowIfStopped();
        var result = ExperimentFindings.Of(spec, inputs);
        job.ThrowIfStopped();
        var figures = ReportFigures.All(result, inputs.Spectra);
        List<ReportArtifact> artifacts = [.. figures.SelectMany(Files), new("result.json", ArtifactKinds.Result, "application/json", WriteResult(result))];
        var records = spec.Points.Select(p => p.Input).Concat(spec.Spectra.Concat(spec.Interventions).Select(p => p.Input)).Distinct().Select(name => (name, job.InputHash(name))).ToArray();
        artifacts.Add(new("report.html", ArtifactKinds.Report, "text/html; charset=utf-8", ReportPage.Render(spec, result, figures, records, artifacts)));
        var payload = new ReportSummary([.. figures.Select(f => f.Name)], [.. result.Claims.Select(c => new ReportVerdict(c.Claim, c.Verdict))]);
        job.Commit(new JobCommit { Outcomes = [new JobOutcomeDraft(OutcomeKinds.Completed, 0, JobJson.Write(payload), [.. artifacts.Select(a => a.Draft())])] });
    }

    private static string WriteResult(ExperimentResultDocument result) => System.Text.Json.JsonSerializer.Serialize(result, JobJson.Indented) + "\n";

    private static IEnumerable<ReportArtifact> Files(Figure figure) =>
    [
        new($"{figure.Name}.svg", ArtifactKinds.Figure, "image/svg+xml", figure.ToSvg()),
        new($"{figure.Name}.csv", ArtifactKinds.Figure, "text/csv; charset=utf-8", figure.ToCsv()),
        new($"{figure.Name}.json", ArtifactKinds.Figure, "application/json", figure.ToJson()),
    ];

    private static ClaimInputs ReadInputs(IJobContext job, ReportSpec spec)
    {
        var total = spec.Points.Count + spec.Spectra.Count + spec.Interventions.Count;
        var done = 0;
        T Read<T>(string name)
        {
            job.ThrowIfStopped();
            using var reader = new StreamReader(job.OpenInput(name), Encoding.UTF8);
            var record = JobJson.Read<T>(reader.ReadToEnd());
            job.Progress(new JobProgress(++done, total, "records"));
            return record;
        }

        ClaimPoint[] points = [.. spec.Points.Select(p => new ClaimPoint(p.Role, p.Step, Read<EvaluationRecord>(p.Input), job.InputHash(p.Input)))];
        return new ClaimInputs
        {
            Seed = spec.Seed,
            ClaimStep = spec.ClaimStep,
            BestStep = spec.BestStep,
            EndStep = spec.EndStep,
            Evaluation = spec.Evaluation,
            Criteria = spec.Criteria,

            // The window opens after the best checkpoint, so the early start is one from there or before.
            EarlyStep = points.Where(p => p.Role == ReportRoles.Recovery && p.Step <= spec.BestStep).Select(p => p.Step).DefaultIfEmpty(spec.BestStep).Min(),
            Points = points,
            Spectra = [.. spec.Spectra.Select(p => new ClaimPair<SpectraResult>(p.From, p.To, Read<SpectraResult>(p.Input), job.InputHash(p.Input)))],
            Interventions = [.. spec.Interventions.Select(p => new ClaimPair<InterventionResult>(p.From, p.To, Read<InterventionResult>(p.Input), job.InputHash(p.Input)))],
        };
    }
}

/// <summary>A file of the report, as text.</summary>
public sealed record ReportArtifact(string Name, string Kind, string MediaType, string Text)
{
    private readonly byte[] bytes = Encoding.UTF8.GetBytes(Text);

    public int Bytes => bytes.Length;

    public string Sha256 => JobJson.Hash(Text);

    public ArtifactDraft Draft() => new(Name, Kind, MediaType, stream => stream.Write(bytes));
}
