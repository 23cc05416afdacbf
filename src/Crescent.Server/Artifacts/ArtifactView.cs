using Crescent.Kernels.Jobs;
using Crescent.Storage.Experiments;

namespace Crescent.Server.Artifacts;

/// <param name="Run">Run that made it, within the experiment.</param>
/// <param name="Kind">checkpoint, evaluation-record, spectra, intervention, figure, report, result.</param>
/// <param name="Sha256">Lower-case hex; also its address and its ETag.</param>
public sealed record ArtifactView(string Run, int Step, string Name, string Kind, string MediaType, string Sha256, long Bytes)
{
    internal static ArtifactView From(RunArtifact item) => new(
        item.RunId[(item.RunId.IndexOf('/', StringComparison.Ordinal) + 1)..],
        item.Step,
        item.Artifact.Name,
        item.Artifact.Kind,
        item.Artifact.MediaType,
        item.Artifact.Sha256,
        item.Artifact.Bytes);
}

/// <param name="Formats">svg, csv, json.</param>
public sealed record FigureView(string Name, IReadOnlyList<string> Formats)
{
    internal static IReadOnlyList<FigureView> From(IEnumerable<RunArtifact> artifacts) =>
    [
        .. artifacts.Where(item => item.Artifact.Kind == ArtifactKinds.Figure)
            .GroupBy(item => Path.GetFileNameWithoutExtension(item.Artifact.Name))
            .Select(group => new FigureView(group.Key, [.. group.Select(item => Path.GetExtension(item.Artifact.Name).TrimStart('.')).Distinct()])),
    ];

    internal static IReadOnlyList<string> Names(IEnumerable<Storage.Jobs.ArtifactReference> figures) => [.. figures.Select(figure => Path.GetFileNameWithoutExtension(figure.Name)).Distinct()];
}
