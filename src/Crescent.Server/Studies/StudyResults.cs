using Crescent.Kernels.Jobs;
using Crescent.Kernels.Reports;
using Crescent.Kernels.Studies;
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
        foreach (var cell in await studies.CellsAsync(study.Id, cancellation))
        {
            runs.Add(new StudyRun(cell.ExperimentId, cell.Cell, cell.Seed, cell.Phase, cell.Phase == "succeeded" ? await ReadAsync(cell.ExperimentId, cancellation) : null));
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
}
