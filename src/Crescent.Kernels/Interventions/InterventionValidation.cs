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
        problems.Require(spec.RandomDraws >= 0, "randomDraws", $"Is {spec.RandomDraws}; use 0 or more.");
        problems.Require(spec.Evaluation.Model == spec.Model, "evaluation.model", "Differs from the model that is edited; use the same.");
        for (var i = 0; i < spec.Edits.Count; i++)
        {
            problems.Require(spec.Edits[i].Kind != InterventionKind.RestoreValues || spec.Edits[i].RankShare == 1, $"edits[{i}].rankShare", "Values are restored all at once; write 1.");
        }

        problems.Add(spec.Evaluation.Validate(problems.Field("evaluation")));
        return problems.Problems;
    }
}
