using System.Text.Json;
using System.Text.Json.Serialization;
using Crescent.Kernels.Accounting;
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
        SpecProblemList.ThrowIfAny(spec.Validate());
        var (from, to) = (CheckpointInput.Read(job, "from", spec.Model), CheckpointInput.Read(job, "to", spec.Model));
        var whole = ComparedMatrix.Whole(spec.Model);
        foreach (var matrix in whole)
        {
            MatrixComparison.Ranks(spec, from[matrix.Name].Shape.Min(), matrix.Name);
        }

        IReadOnlyList<ComparedMatrix> matrices = spec is { HeadNullDraws: > 0, Model.HeadSize: > 1 } ? [.. whole, .. ComparedMatrix.Products(spec.Model, whole.Count)] : whole;
        var done = job.ReadJsonSnapshot<List<MatrixSpectrum>>() ?? [];
        var ofHeads = spec with { NullDraws = spec.HeadNullDraws, RankShares = Shares(spec), Ranks = [] };
        var (comparison, products) = (new MatrixComparison(spec), new MatrixComparison(ofHeads));
        double Flops(MatrixSpectrum spectrum) => ComparisonOperations.Of(spectrum.Head is null ? spec : ofHeads, spectrum);
        while (done.Count < matrices.Count)
        {
            var matrix = matrices[done.Count];
            done.Add((matrix.Head is null ? comparison : products).Compare(matrix, matrix.Of(spec.Model, from), matrix.Of(spec.Model, to), job.Threads));
            job.Metric("flops", done.Count, Flops(done[^1]));
            job.Progress(new JobProgress(done.Count, matrices.Count, "matrices", Note: matrix.Name));
            if (job.SnapshotDue && done.Count < matrices.Count)
            {
                var soFar = done.ToArray();
                job.Commit(new JobCommit { Step = soFar.Length, Snapshot = stream => JsonSerializer.Serialize(stream, soFar, JobJson.Options) });
            }

            job.ThrowIfStopped();
        }

        Complete(job, new SpectraResult(job.InputHash("from"), job.InputHash("to"), done[..whole.Count]) { Heads = done[whole.Count..] }, new ComputeUse(Flops: done.Sum(Flops)));
    }

    /// <summary>The shares that leave something out of a head too, whose rank is smaller than any matrix's.</summary>
    private static double[] Shares(SpectraSpec spec)
    {
        var size = spec.Model.HeadSize;
        double[] shares = [.. spec.RankShares.Where(share => Math.Max(1, Math.Round(share * size, MidpointRounding.AwayFromZero)) < size)];
        return shares.Length > 0 || size < 2 ? shares : [1.0 / size];
    }

    private static void Complete(IJobContext job, SpectraResult result, ComputeUse compute)
    {
        var blocks = result.Matrices.Where(matrix => matrix.Layer >= 0).ToArray();
        var payload = JobJson.Write(new SpectraSummary(
            result.Matrices.Count,
            Averages.Mean([.. blocks.Select(matrix => matrix.RelativeChange)]),
            Averages.Mean([.. blocks.Select(matrix => matrix.MedianValueChange)]),
            [.. blocks[0].Rotations.Select((rotation, i) => new RotationSummary(
                rotation.RankShare, Averages.Mean([.. blocks.Select(matrix => matrix.Rotations[i].MeanAngle)]), Averages.Mean([.. blocks.Select(matrix => matrix.Rotations[i].HaarMeanAngle)])))]) { Compute = compute });
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
public sealed record SpectraSummary(int Matrices, double RelativeChange, double MedianValueChange, IReadOnlyList<RotationSummary> Rotations)
{
    /// <summary>Null for analyses that ended before they counted.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ComputeUse? Compute { get; init; }
}

public sealed record RotationSummary(double RankShare, double MeanAngle, double HaarMeanAngle);
