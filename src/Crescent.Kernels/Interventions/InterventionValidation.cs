using Crescent.Kernels.Evaluation;

namespace Crescent.Kernels.Interventions;

/// <summary>What makes the spec of interventions unusable, ranks aside: those depend on the matrices (<see cref="Spectra.LeadingRank"/>).</summary>
public static class InterventionValidation
{
    public static IReadOnlyList<SpecProblem> Validate(this InterventionSpec spec, string path = "")
    {
        ArgumentNullException.ThrowIfNull(spec);
        var problems = new SpecProblemList(path);
        problems.Require(spec.Edits.Count > 0, "edits", "Is empty; name at least one edit.");
        foreach (var (field, draws) in new[] { ("randomDraws", spec.RandomDraws), ("gaussianDraws", spec.GaussianDraws), ("subspaceDraws", spec.SubspaceDraws) })
        {
            problems.Require(draws >= 0, field, $"Is {draws}; use 0 or more.");
        }

        problems.Require(spec.Evaluation.Model == spec.Model, "evaluation.model", "Differs from the model that is edited; use the same.");
        for (var i = 0; i < spec.Edits.Count; i++)
        {
            var (edit, last) = (spec.Edits[i], spec.Model.Layers - 1);
            var whole = edit.Kind == InterventionKind.RestoreValues;
            problems.Require(
                edit.RankShare > 0 && (edit.RankShare < 1 || (whole && edit.RankShare == 1)), $"edits[{i}].rankShare", FormattableString.Invariant($"{edit.RankShare} is no share of the rank; use a number over 0 and {(whole ? "at most" : "under")} 1."));
            problems.Require(edit.FirstLayer >= 0 && edit.FirstLayer <= last, $"edits[{i}].firstLayer", $"Is {edit.FirstLayer}; the model has layers 0 to {last}.");
            problems.Require(edit.LastLayer is not { } to || (to >= edit.FirstLayer && to <= last), $"edits[{i}].lastLayer", $"Is {edit.LastLayer}; use a layer from the first of the band, {edit.FirstLayer}, to {last}.");
        }

        problems.Add(spec.Evaluation.Validate(problems.Field("evaluation")));
        return problems.Problems;
    }
}
