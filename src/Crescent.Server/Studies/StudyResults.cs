using Crescent.Abstractions.Experiments;
using Crescent.Abstractions.Studies;
using Crescent.Kernels.Jobs;
using Crescent.Kernels.Reports;
using Crescent.Kernels.Studies;
using Crescent.Server.Experiments;
using Crescent.Server.Workers;
using Crescent.Storage.Artifacts;
using Crescent.Storage.Experiments;
using Crescent.Storage.Studies;

namespace Crescent.Server.Studies;

/// <summary>Reads what the experiments of a study have left, and draws its conclusions. Made anew each time it is asked for: it changes with every experiment.</summary>
internal sealed class StudyResults(IStudyStore studies, IExperimentStore experiments, IBlobStore blobs)
{
    public async Task<StudyResultDocument> ReadAsync(StudyRow study, CancellationToken cancellation)
    {
        var runs = new List<StudyRun>();
        var settings = new Dictionary<string, StudySetting>(StringComparer.Ordinal);
        foreach (var cell in await studies.CellsAsync(study.Id, cancellation))
        {
            // Seeds differ in nothing that a setting holds, so one spec speaks for its cell.
            if (!settings.TryGetValue(cell.Cell, out var setting))
            {
                setting = StudySettings.Of(JobJson.Read<ExperimentSpec>(await experiments.ReadSpecAsync(cell.SpecHash, cancellation)));
                settings.Add(cell.Cell, setting);
            }

            var done = cell.Phase == Phases.Succeeded;
            runs.Add(new StudyRun(cell.ExperimentId, cell.Cell, cell.Seed, cell.Phase, done ? await ReadAsync(cell.ExperimentId, cancellation) : null)
            {
                Setting = setting,
                Error = cell.Error,
                Jobs = done ? await JobsAsync(cell.ExperimentId, cancellation) : [],
            });
        }

        return StudyFindings.Of(study.Id, study.Name, study.Question, runs);
    }

    private async Task<ExperimentResultDocument?> ReadAsync(string experimentId, CancellationToken cancellation)
    {
        var result = (await experiments.ArtifactsAsync(experimentId, cancellation)).LastOrDefault(artifact => artifact.Artifact.Kind == ArtifactKinds.Result);
        if (result is null)
        {
            return null;
        }

        await using var stream = await blobs.OpenAsync(result.Artifact.Sha256, cancellation);
        using var reader = new StreamReader(stream);
        return JobJson.Read<ExperimentResultDocument>(await reader.ReadToEndAsync(cancellation));
    }

    private async Task<IReadOnlyList<StudyJob>> JobsAsync(string experimentId, CancellationToken cancellation)
    {
        var seconds = (await experiments.MetricSumsAsync(experimentId, [MachineUse.Seconds], cancellation)).ToDictionary(sum => sum.RunId, sum => sum.Value);
        return
        [
            .. from run in await experiments.RunsAsync(experimentId, cancellation)
               where run.JobKey is not null
               select new StudyJob(RunView.ShortId(run), run.JobKey!, seconds.TryGetValue(run.RunId, out var measured) ? measured : null),
        ];
    }
}
