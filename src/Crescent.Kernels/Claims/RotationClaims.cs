using System.Globalization;
using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Numerics;
using Crescent.Kernels.Spectra;
using Crescent.Kernels.Statistics;

namespace Crescent.Kernels.Claims;

/// <summary>Claims about singular vectors and values, each against the change's own null.</summary>
public static class RotationClaims
{
    private const double RankShare = 0.10;

    /// <summary>From best to end the leading singular vectors rotate more, relative to a randomly rotated change of the same norm and singular values, than the singular values move.</summary>
    public static ClaimResult RotationNotValues(ClaimInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        var draft = new ClaimDraft(ClaimCriteria.Of(ClaimCriteria.RotationNotValues, inputs.Tries, inputs.Criteria));
        if (!inputs.Spectra.TryFind("best", "end", out var pair))
        {
            return draft.Unknown("No spectra of best to end.");
        }

        var usable = new List<(string Name, double LogRatio)>();
        foreach (var matrix in pair.Result.Matrices.Where(matrix => matrix.Layer >= 0))
        {
            var rotation = Leading(matrix);
            if (rotation is { BelowRounding: false, MeanAngle: > 0, HaarMeanAngle: > 0 } && matrix is { MedianValueChange: > 0, NullMedianValueChange: > 0 })
            {
                usable.Add((matrix.Name, Elementary.Log(rotation.MeanAngle / rotation.HaarMeanAngle) - Elementary.Log(matrix.MedianValueChange / matrix.NullMedianValueChange)));
            }
        }

        var total = pair.Result.Matrices.Count(matrix => matrix.Layer >= 0);
        if (usable.Count < total || usable.Count < VerdictRule.FewestClusters)
        {
            return draft.Unknown(
                string.Create(CultureInfo.InvariantCulture, $"{usable.Count} of {total} matrices have an angle above the rounding floor and nulls at k = 10 %; all, and at least {VerdictRule.FewestClusters}, are needed."), pair.Hash);
        }

        var sample = new ClusteredSample([.. usable.Select(matrix => matrix.LogRatio)], [.. usable.Select(matrix => matrix.Name)]);
        return draft.Difference(sample, inputs.Seed, [], [pair.Hash]);
    }

    /// <summary>Over the checkpoints of one SFT run, more rotation goes with lower OOD accuracy beyond what training time explains.</summary>
    public static ClaimResult RotationPredicts(ClaimInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        var draft = new ClaimDraft(ClaimCriteria.Of(ClaimCriteria.RotationPredicts, inputs.Tries, inputs.Criteria));
        var (angles, accuracies, logSteps, hashes) = (new List<double>(), new List<double>(), new List<double>(), new List<string>());
        foreach (var point in inputs.Points.Where(point => point is { Role: "sft", Step: > 0 }).OrderBy(point => point.Step))
        {
            var pair = inputs.Spectra.FirstOrDefault(pair => pair.From == "base" && StepOf(inputs, pair.To) == point.Step);
            if (pair is not null && MeanAngle(pair.Result) is { } angle)
            {
                angles.Add(angle);
                accuracies.Add(Accuracies.Of(point.Record, EvaluationVariant.OutOfDistribution, 1).Accuracy);
                logSteps.Add(Elementary.Log(point.Step));
                hashes.AddRange([point.Hash, pair.Hash]);
            }
        }

        if (angles.Count < VerdictRule.FewestClusters)
        {
            return draft.Unknown(
                string.Create(CultureInfo.InvariantCulture, $"{angles.Count} checkpoints have both an evaluation and spectra from the base; {VerdictRule.FewestClusters} are needed."), hashes);
        }

        if (accuracies.TrueForAll(accuracy => accuracy == accuracies[0]))
        {
            return draft.Unknown(
                string.Create(CultureInfo.InvariantCulture, $"Saturated: every checkpoint has an OOD accuracy of {accuracies[0]:0.###} at the first try, so nothing can go along with the angles."), hashes);
        }

        var correlation = RankCorrelation.PartialSpearman(angles, accuracies, logSteps);
        if (double.IsNaN(correlation))
        {
            return draft.Unknown("The order of the steps alone fixes the order of the angles or of the accuracies, so nothing is left to correlate.", hashes);
        }

        var (estimate, low, high) = RankCorrelation.PartialInterval(correlation, angles.Count);
        return draft.Measured(new Interval(-estimate, -high, -low), angles.Count, null, [], hashes);
    }

    private static SubspaceRotation? Leading(MatrixSpectrum matrix) => matrix.Rotations.FirstOrDefault(rotation => Math.Abs(rotation.RankShare - RankShare) < 1e-9);

    private static double? MeanAngle(SpectraResult result)
    {
        var angles = result.Matrices.Where(matrix => matrix.Layer >= 0).Select(Leading).ToArray();
        return angles.Length > 0 && angles.All(angle => angle is { BelowRounding: false }) ? angles.Sum(angle => angle!.MeanAngle) / angles.Length : null;
    }

    private static int? StepOf(ClaimInputs inputs, string name) => name switch
    {
        "best" => inputs.BestStep,
        "end" => inputs.EndStep,
        _ when name.StartsWith("sft-", StringComparison.Ordinal) && int.TryParse(name.AsSpan(4), NumberStyles.None, CultureInfo.InvariantCulture, out var step) => step,
        _ => null,
    };
}
