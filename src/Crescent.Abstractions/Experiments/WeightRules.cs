using System.Globalization;
using Crescent.Kernels.Interventions;
using Crescent.Kernels.Models;
using Crescent.Kernels.Spectra;

namespace Crescent.Abstractions.Experiments;

/// <summary>Rules of the stages that look into weights: which checkpoints they may name, and ranks under the full dimension.</summary>
internal static class WeightRules
{
    public static void Check(ExperimentSpec spec, SpecProblemList problems)
    {
        CheckpointPair Normal(CheckpointPair pair) => new(CheckpointSelector.Normal(spec, pair.From), CheckpointSelector.Normal(spec, pair.To));
        var (pairs, edits) = (spec.Spectra.Pairs, spec.Interventions.Run.Edits);
        problems.Require(pairs.Count <= ExperimentRules.MaxPairs, "spectra.pairs", $"Has {pairs.Count} entries; use at most {ExperimentRules.MaxPairs}.");
        for (var i = 0; i < pairs.Count; i++)
        {
            CheckPair(spec, problems, pairs[i].From, $"spectra.pairs[{i}].from", pairs[i].To, $"spectra.pairs[{i}].to");
            problems.Require(!pairs.Take(i).Select(Normal).Contains(Normal(pairs[i])), $"spectra.pairs[{i}]", "Repeats an earlier pair. Drop one.");
        }

        CheckShares(spec.Model, problems, spec.Spectra.Run.RankShares, i => $"spectra.run.rankShares[{i}]");
        CheckRanks(spec.Model, problems, spec.Spectra.Run.Ranks);

        problems.Require(edits.Count <= ExperimentRules.MaxEdits, "interventions.run.edits", $"Has {edits.Count} entries; use at most {ExperimentRules.MaxEdits}.");
        if (edits.Count > 0)
        {
            CheckPair(spec, problems, spec.Interventions.Source, "interventions.source", spec.Interventions.Target, "interventions.target");
        }

        for (var i = 0; i < edits.Count; i++)
        {
            if (edits[i].Kind != InterventionKind.RestoreValues || edits[i].RankShare < 1)
            {
                CheckShares(spec.Model, problems, [edits[i].RankShare], _ => $"interventions.run.edits[{i}].rankShare");
            }

            problems.Require(!edits.Take(i).Contains(edits[i]), $"interventions.run.edits[{i}]", "Repeats an earlier edit. Drop one.");
        }

        AddNew(problems, pairs.Count > 0 ? spec.Spectra.Run.Validate("spectra.run") : []);
        AddNew(problems, edits.Count > 0 ? spec.Interventions.Run.Validate("interventions.run") : []);
    }

    /// <summary>What the run's own rules find, where nothing has been said about the field yet.</summary>
    private static void AddNew(SpecProblemList problems, IReadOnlyList<SpecProblem> found) => problems.Add([.. found.Where(problem => !problems.Problems.Any(known => known.Field == problem.Field))]);

    private static void CheckPair(ExperimentSpec spec, SpecProblemList problems, string from, string fromField, string to, string toField)
    {
        CheckName(spec, problems, from, fromField);
        CheckName(spec, problems, to, toField);
        problems.Require(CheckpointSelector.Normal(spec, from) != CheckpointSelector.Normal(spec, to), toField, $"A checkpoint is compared with itself ('{to}'). Name another.");
    }

    private static void CheckName(ExperimentSpec spec, SpecProblemList problems, string name, string field)
    {
        if (CheckpointSelector.RecoveryStart(spec, name) is { } start)
        {
            problems.Require(
                CheckpointSelector.Starts(spec, spec.Recovery.From).Contains(start), field, $"No recovery run starts at '{start}'. Add it to recovery.from, or name another checkpoint.");
            return;
        }

        problems.Require(
            name is CheckpointSelector.Base or CheckpointSelector.Best || CheckpointSelector.SftStep(spec, name) is not null,
            field,
            $"'{name}' stands for no checkpoint. Use base, best, end, sft-STEP with a step of sft.checkpoints, or recovery-STEP with one of recovery.from.");
    }

    private static void CheckRanks(DecoderSpec model, SpecProblemList problems, IReadOnlyList<int> ranks)
    {
        if (ranks.Count == 0 || problems.Problems.Any(problem => problem.Field.StartsWith("model", StringComparison.Ordinal)))
        {
            return;
        }

        var (name, least) = DecoderLayout.Tensors(model).Where(tensor => tensor.Shape.Length == 2).Select(tensor => (tensor.Name, Rank: Math.Min(tensor.Shape[0], tensor.Shape[1]))).MinBy(tensor => tensor.Rank);
        for (var i = 0; i < ranks.Count; i++)
        {
            problems.Require(
                ranks[i] >= 1 && ranks[i] < least, $"spectra.run.ranks[{i}]", string.Create(CultureInfo.InvariantCulture, $"Is {ranks[i]}; use 1 to {least - 1}: at the full rank of a matrix ({least} of {name}) every angle is 0."));
        }
    }

    /// <summary>Read after the model itself is found sound. The smallest matrix decides: k = share x rank, rounded, must leave at least one direction out of every matrix and keep at least one.</summary>
    private static void CheckShares(DecoderSpec model, SpecProblemList problems, IReadOnlyList<double> shares, Func<int, string> field)
    {
        if (problems.Problems.Any(problem => problem.Field.StartsWith("model", StringComparison.Ordinal)))
        {
            return;
        }

        var ranks = DecoderLayout.Tensors(model).Where(tensor => tensor.Shape.Length == 2).Select(tensor => Math.Min(tensor.Shape[0], tensor.Shape[1])).ToList();
        for (var i = 0; i < shares.Count; i++)
        {
            var share = shares[i];
            if (!(share > 0 && share < 1))
            {
                problems.Require(false, field(i), string.Create(CultureInfo.InvariantCulture, $"{share} is no share of the rank; use a number over 0 and under 1."));
                continue;
            }

            var (least, most) = (ranks.Min(), ranks.Max());
            problems.Require(
                Math.Round(share * least) < least && Math.Round(share * most) < most,
                field(i),
                string.Create(CultureInfo.InvariantCulture, $"{share} of the full rank {least} rounds to the full rank, which leaves nothing out; use {(least - 1.0) / least:0.###} or less."));
        }
    }
}
