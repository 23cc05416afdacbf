using Crescent.Kernels.Tasks;

namespace Crescent.Kernels.Evaluation;

/// <summary>What makes the spec of an evaluation unusable.</summary>
public static class EvaluationValidation
{
    public static IReadOnlyList<SpecProblem> Validate(this EvaluationSpec spec, string path = "")
    {
        ArgumentNullException.ThrowIfNull(spec);
        var problems = new SpecProblemList(path);
        problems.Add(spec.Task.Validate(problems.Field("task")));
        problems.Require(spec.Tries is >= 1 and <= Episode.MaxTries, "tries", $"Is {spec.Tries}; use 1 to {Episode.MaxTries}.");
        problems.Add(spec.Task.ValidateModel(spec.Model, Math.Clamp(spec.Tries, 1, Episode.MaxTries), problems.Field("model")));
        problems.Require(spec.Orderings is >= 1 and <= 24, "orderings", $"Is {spec.Orderings}; use 1 to 24.");
        problems.Require(spec.ChoosingOrderings is >= 1 and <= 24, "choosingOrderings", $"Is {spec.ChoosingOrderings}; use 1 to 24.");
        problems.Require(spec.ReportingShare is > 0 and <= 1, "reportingShare", $"{spec.ReportingShare} is no share; use a number over 0, at most 1.");
        return problems.Problems;
    }
}
