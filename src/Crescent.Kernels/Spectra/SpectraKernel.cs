using System.Text.Json;
using Crescent.Kernels.Jobs;
using Crescent.Kernels.Models;
using Crescent.Kernels.Tensors;

namespace Crescent.Kernels.Spectra;

/// <summary>Runs a <see cref="SpectraSpec"/>: every matrix of the model, one after another; resumes after the last matrix that a snapshot holds.</summary>
public sealed class SpectraKernel : IKernel
{
    public string Kind => JobKinds.Spectra;

    /// <exception cref="CrescentException"><c>spec-invalid</c>, <c>rank-trivial</c>, <c>checkpoint-mismatch</c>, <c>tensors-damaged</c>, <c>not-finite</c>.</exception>
    public void Run(IJobContext job)
    {
        ArgumentNullException.ThrowIfNull(job);
        var spec = JobJson.Read<SpectraSpec>(job.Spec);
        if (spec.NullDraws < 1 || spec.RankShares.Count == 0)
        {
            throw new CrescentException("spec-invalid", "nullDraws must be at least 1 and rankShares must not be empty.");
        }

        var (from, to) = (CheckpointInput.Read(job, "from", spec.Model), CheckpointInput.Read(job, "to", spec.Model));
        var matrices = Matrices(spec.Model);
        foreach (var matrix in matrices)
        {
            MatrixComparison.Ranks(spec.RankShares, from[matrix.Name].Shape.Min(), matrix.Name);
        }

        var done = job.ReadJsonSnapshot<List<MatrixSpectrum>>() ?? [];
        var comparison = new MatrixComparison(spec);
        while (done.Count < matrices.Count)
        {
            var matrix = matrices[done.Count];
            done.Add(comparison.Compare(matrix, from[matrix.Name], to[matrix.Name], job.Threads));
            job.Progress(new JobProgress(done.Count, matrices.Count, "matrices", Note: matrix.Name));
            if (job.SnapshotDue && done.Count < matrices.Count)
            {
                var soFar = done.ToArray();
                job.Commit(new JobCommit { Step = soFar.Length, Snapshot = stream => JsonSerializer.Serialize(stream, soFar, JobJson.Options) });
            }

            job.ThrowIfStopped();
        }

        Complete(job, new SpectraResult(job.InputHash("from"), job.InputHash("to"), done));
    }

    /// <summary>The matrices in canonical order: embedding and head (layer -1) and each block's.</summary>
    internal static IReadOnlyList<ComparedMatrix> Matrices(DecoderSpec model)
    {
        var named = DecoderLayout.Tensors(model).Where(tensor => tensor.Shape.Length == 2).Select(tensor => tensor.Name);
        var blocks = Enumerable.Range(0, model.Layers).SelectMany(layer => DecoderLayout.BlockMatrices.Select(part => (Name: DecoderLayout.Block(layer, part), Layer: layer, Part: part)))
            .ToDictionary(block => block.Name, StringComparer.Ordinal);
        return [.. named.Select((name, index) => blocks.TryGetValue(name, out var block) ? new ComparedMatrix(name, block.Layer, block.Part, index) : new ComparedMatrix(name, -1, name[..^".weight".Length], index))];
    }

    private static void Complete(IJobContext job, SpectraResult result)
    {
        var blocks = result.Matrices.Where(matrix => matrix.Layer >= 0).ToArray();
        var payload = JobJson.Write(new SpectraSummary(
            result.Matrices.Count,
            Averages.Mean([.. blocks.Select(matrix => matrix.RelativeChange)]),
            Averages.Mean([.. blocks.Select(matrix => matrix.MedianValueChange)]),
            [.. blocks[0].Rotations.Select((rotation, i) => new RotationSummary(
                rotation.RankShare, Averages.Mean([.. blocks.Select(matrix => matrix.Rotations[i].MeanAngle)]), Averages.Mean([.. blocks.Select(matrix => matrix.Rotations[i].HaarMeanAngle)])))]));
        job.Commit(new JobCommit
        {
            Step = result.Matrices.Count,
            Outcomes =
            [
                new JobOutcomeDraft(OutcomeKinds.Completed, 0, payload,
                [
                    new ArtifactDraft("spectra.json", ArtifactKinds.Spectra, "application/json", stream => JsonSerializer.Serialize(stream, result, JobJson.Options)),
                ]),
            ],
        });
    }
}

/// <summary>Payload of a finished spectral analysis: means over the block matrices.</summary>
public sealed record SpectraSummary(int Matrices, double RelativeChange, double MedianValueChange, IReadOnlyList<RotationSummary> Rotations);

public sealed record RotationSummary(double RankShare, double MeanAngle, double HaarMeanAngle);
