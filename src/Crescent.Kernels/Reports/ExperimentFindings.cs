using Crescent.Kernels.Claims;
using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Interventions;
using Crescent.Kernels.Spectra;
using Crescent.Kernels.Statistics;

namespace Crescent.Kernels.Reports;

/// <summary>From an experiment's records to what it found: accuracies, gains, shares, claims. Only reporting deals count.</summary>
public static class ExperimentFindings
{
    /// <exception cref="CrescentException"><c>record-empty</c>: a record without reporting episodes of a variant.</exception>
    public static ExperimentResultDocument Of(ReportSpec spec, ClaimInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(inputs);
        var tries = inputs.Points.Select(p => p.Record.Tries).DefaultIfEmpty(spec.Evaluation.Tries).Min();
        var curve = Points(inputs, ReportRoles.Sft).ToDictionary(p => p.Step);
        CheckpointResult[] checkpoints = [.. Points(inputs, ReportRoles.Sft).Select(p => Checkpoint(p, inputs, tries, curve))];
        return new ExperimentResultDocument
        {
            Question = spec.Question,
            Seed = spec.Seed,
            SpecHash = spec.SpecHash,
            Tries = tries,
            ClaimStep = spec.ClaimStep,
            BestStep = spec.BestStep,
            EndStep = spec.EndStep,
            Checkpoints = checkpoints,
            Window = Window(inputs, checkpoints, tries),
            ReportingLooks = inputs.Points.Count + inputs.Interventions.Sum(pair => 2 + pair.Result.Outcomes.Sum(o => 2 + o.RandomDirections.Count + o.GaussianChanges.Count + o.RandomSubspaces.Count)),
            Controls = [.. Controls(inputs, curve).Select(p => Arm(p, curve[p.Step], tries))],
            AccuracyByTries = [.. ByTries(inputs, tries)],
            Spectra = [.. inputs.Spectra.SelectMany(pair => pair.Result.Matrices.Select(m => Matrix(pair, m)))],
            Heads = [.. inputs.Spectra.SelectMany(pair => pair.Result.Heads.Select(m => Matrix(pair, m)))],
            Interventions = [.. inputs.Interventions.SelectMany(pair => pair.Result.Outcomes.Select(o => Entry(pair, o)))],
            Claims = ExperimentClaims.All(inputs),
            Compute = spec.Compute,
        };
    }

    private static RecoveryWindow? Window(ClaimInputs inputs, CheckpointResult[] checkpoints, int tries)
    {
        (double Step, Interval Gain)[] gains =
        [
            .. from c in checkpoints
               where c.Recovery is not null
               let gain = c.Recovery!.Gain.OutOfDistribution.WithinTries
               select ((double)c.Step, new Interval(gain.Difference, gain.Low, gain.High)),
        ];
        return gains.Length == 0 ? null : RecoveryWindow.Of(gains, ClaimCriteria.Of(ClaimCriteria.Improves, tries, inputs.Criteria).Smallest);
    }

    private static IEnumerable<ClaimPoint> Points(ClaimInputs inputs, string role) => inputs.Points.Where(p => p.Role == role).OrderBy(p => p.Step);

    private static IEnumerable<ClaimPoint> Controls(ClaimInputs inputs, Dictionary<int, ClaimPoint> curve) => inputs.Points
        .Where(p => p.Role is not (ReportRoles.Sft or ReportRoles.Recovery) && curve.ContainsKey(p.Step))
        .OrderBy(p => ReportRoles.All.ToList().IndexOf(p.Role))
        .ThenBy(p => p.Step);

    private static CheckpointResult Checkpoint(ClaimPoint point, ClaimInputs inputs, int tries, Dictionary<int, ClaimPoint> curve)
    {
        var (inside, outside, heldOut) = Accuracy(point.Record, tries);
        var recovered = Points(inputs, ReportRoles.Recovery).FirstOrDefault(p => p.Step == point.Step);
        return new CheckpointResult(point.Step, inside, outside, recovered is null ? null : Recovery(recovered, point, curve.GetValueOrDefault(inputs.BestStep), tries), point.Hash) { HeldOut = heldOut };
    }

    private static RecoveryResult Recovery(ClaimPoint recovered, ClaimPoint start, ClaimPoint? best, int tries)
    {
        var arm = Arm(recovered, start, tries);
        return new RecoveryResult(arm.InDistribution, arm.OutOfDistribution, arm.Gain, best is null || best.Step >= start.Step ? null : Share(recovered, start, best, tries), arm.Record) { HeldOut = arm.HeldOut };
    }

    private static Interval? Share(ClaimPoint recovered, ClaimPoint start, ClaimPoint best, int tries)
    {
        var match = new EpisodeMatch(EvaluationVariant.OutOfDistribution, recovered.Record, start.Record, best.Record);
        var lost = match.Contrast(tries, 0, -1, 1);
        return match.Count > 0 && lost.Mean > 0 ? RatioOfMeans.Fieller(match.Contrast(tries, 1, -1, 0), lost) : null;
    }

    private static ArmResult Arm(ClaimPoint arm, ClaimPoint start, int tries)
    {
        var (inside, outside, heldOut) = Accuracy(arm.Record, tries);
        var gain = new GainResult(Gain(EvaluationVariant.InDistribution, arm, start, tries), Gain(EvaluationVariant.OutOfDistribution, arm, start, tries))
        {
            HeldOut = heldOut is not null && Accuracy(start.Record, tries).HeldOut is not null ? Gain(EvaluationVariant.HeldOut, arm, start, tries) : null,
        };
        return new ArmResult(arm.Role, arm.Step, inside, outside, gain, arm.Hash) { HeldOut = heldOut };
    }

    private static VariantGain Gain(EvaluationVariant variant, ClaimPoint arm, ClaimPoint start, int tries)
    {
        var match = new EpisodeMatch(variant, arm.Record, start.Record);
        if (match.Count == 0)
        {
            throw new CrescentException("record-empty", $"The records of {arm.Role} and {start.Role} at step {start.Step} share no reporting episode of {variant}. Evaluate both with the same seed and settings.");
        }

        return new VariantGain(Difference(match.Contrast(1, 1, -1)), Difference(match.Contrast(tries, 1, -1)));
    }

    /// <summary>A difference of proportions lies within [-1, 1], and so does its interval, even where one cluster leaves it unbounded.</summary>
    private static DifferenceInterval Difference(ClusteredSample differences)
    {
        var (estimate, low, high) = differences.MeanInterval();
        return new DifferenceInterval(estimate, Math.Max(-1, low), Math.Min(1, high), differences.Values.Count, differences.Clusters);
    }

    private static (VariantAccuracy Inside, VariantAccuracy Outside, VariantAccuracy? HeldOut) Accuracy(EvaluationRecord record, int tries)
    {
        VariantAccuracy Of(EvaluationVariant variant) => new(Accuracies.Of(record, variant, 1), Accuracies.Of(record, variant, tries));
        return (Of(EvaluationVariant.InDistribution), Of(EvaluationVariant.OutOfDistribution), HasHeldOut(record) ? Of(EvaluationVariant.HeldOut) : null);
    }

    private static bool HasHeldOut(EvaluationRecord record) => record.Episodes.Any(episode => episode is { Variant: EvaluationVariant.HeldOut, Split: DealSplit.Reporting });

    private static IEnumerable<TriesResult> ByTries(ClaimInputs inputs, int tries) =>
        from point in inputs.Points
        where point.Step == inputs.ClaimStep || (point.Role is not (ReportRoles.Sft or ReportRoles.Recovery) && inputs.Points.Any(p => p.Role == ReportRoles.Sft && p.Step == point.Step))
        orderby ReportRoles.All.ToList().IndexOf(point.Role), point.Step
        from allowed in Enumerable.Range(1, tries)
        select new TriesResult(
            point.Role, point.Step, allowed, Accuracies.Of(point.Record, EvaluationVariant.InDistribution, allowed), Accuracies.Of(point.Record, EvaluationVariant.OutOfDistribution, allowed), point.Hash)
        {
            HeldOut = HasHeldOut(point.Record) ? Accuracies.Of(point.Record, EvaluationVariant.HeldOut, allowed) : null,
        };

    private static MatrixResult Matrix(ClaimPair<SpectraResult> pair, MatrixSpectrum m) => new(
        pair.From, pair.To, m.Name, m.Layer, m.Part, m.RelativeChange, m.MedianValueChange, m.NullMedianValueChange, m.StableRank, m.DiagonalShare,
        [.. m.Rotations.Select(r => new RotationResult(r.RankShare, r.K, r.MeanAngle, r.NullMeanAngle, r.NullLow, r.NullHigh, r.HaarMeanAngle, r.UnrelatedMeanAngle, r.BelowRounding))],
        pair.Hash) { Head = m.Head };

    private static InterventionEntry Entry(ClaimPair<InterventionResult> pair, InterventionOutcome o)
    {
        EvaluationRecord[] records = [pair.Result.SourceRecord, pair.Result.TargetRecord, o.Record, o.Rollback, .. o.RandomDirections, .. o.GaussianChanges, .. o.RandomSubspaces];
        var tries = records.Min(r => r.Tries);
        EditAccuracy Of(EvaluationRecord record)
        {
            var (inside, outside, _) = Accuracy(record, tries);
            return new EditAccuracy(inside, outside);
        }

        // Draws share their deals, hence their clusters: pooled, they stay one cluster a multiset.
        EditAccuracy? Pooled(IReadOnlyList<EvaluationRecord> draws) => draws.Count == 0 ? null : Of(new EvaluationRecord(tries, [.. draws.SelectMany(r => r.Episodes)]));
        return new InterventionEntry(
            pair.From, pair.To, o.Edit, tries, o.ChangeNorm, o.FullNorm, o.RollbackScale, o.Saturated,
            Of(pair.Result.SourceRecord), Of(pair.Result.TargetRecord), Of(o.Record), Of(o.Rollback), Pooled(o.RandomDirections), pair.Hash)
        {
            GaussianChanges = Pooled(o.GaussianChanges),
            RandomSubspaces = Pooled(o.RandomSubspaces),
        };
    }
}
