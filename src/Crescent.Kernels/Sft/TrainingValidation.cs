using Crescent.Kernels.Engines;

namespace Crescent.Kernels.Sft;

/// <summary>What makes the specs of base training and SFT unusable.</summary>
public static class TrainingValidation
{
    public static IReadOnlyList<SpecProblem> Validate(this BaseTrainingSpec spec, string path = "")
    {
        ArgumentNullException.ThrowIfNull(spec);
        var problems = new SpecProblemList(path);
        problems.Add(spec.Task.Validate(problems.Field("task")));
        problems.Add(spec.Task.ValidateModel(spec.Model, BaseData.LongestDialogue, problems.Field("model")));
        problems.Require(spec.Steps >= 1, "steps", $"Is {spec.Steps}; use at least 1.");
        problems.Require(spec.Batch >= 1, "batch", $"Is {spec.Batch}; use at least 1.");
        problems.Add(spec.LearningRate.Validate(problems.Field("learningRate")));
        problems.Add(spec.Optimizer.Validate(problems.Field("optimizer")));
        RequireMixture(problems, spec.Mixture);
        problems.Require(spec.DealCorruption is >= 0 and <= 1, "dealCorruption", $"{spec.DealCorruption} is no share; use 0 to 1.");
        problems.Require(spec.RevisionCorruption is >= 0 and <= 1, "revisionCorruption", $"{spec.RevisionCorruption} is no share; use 0 to 1.");
        return problems.Problems;
    }

    public static IReadOnlyList<SpecProblem> Validate(this SftSpec spec, string path = "")
    {
        ArgumentNullException.ThrowIfNull(spec);
        var problems = new SpecProblemList(path);
        problems.Add(spec.ValidateTraining(path));
        problems.Require(spec.Checkpoints.Count > 0, "checkpoints", "Is empty, so nothing would remain of the run; name at least the last step.");
        for (var i = 0; i < spec.Checkpoints.Count; i++)
        {
            var step = spec.Checkpoints[i];
            problems.Require(step >= 0 && step <= spec.Steps, $"checkpoints[{i}]", $"{step} is outside the run of {spec.Steps} steps; use 0 to {spec.Steps}.");
            problems.Require(i == 0 || step > spec.Checkpoints[i - 1], $"checkpoints[{i}]", $"{step} does not rise over the entry before it; sort the list and drop repeats.");
        }

        return problems.Problems;
    }

    /// <summary>All but the checkpoints.</summary>
    public static IReadOnlyList<SpecProblem> ValidateTraining(this SftSpec spec, string path = "")
    {
        ArgumentNullException.ThrowIfNull(spec);
        var problems = new SpecProblemList(path);
        problems.Add(spec.Task.Validate(problems.Field("task")));
        problems.Add(spec.Task.ValidateModel(spec.Model, tries: 1, problems.Field("model")));
        problems.Add(spec.Objective.Validate(problems.Field("objective")));
        problems.Add(spec.Objective.ValidateSelection(spec.Task.Format.Answer, spec.Batch, problems.Field("objective")));
        problems.Require(spec.Steps >= 1, "steps", $"Is {spec.Steps}; use at least 1.");
        problems.Require(spec.Batch >= 1, "batch", $"Is {spec.Batch}; use at least 1.");
        problems.Add(spec.LearningRate.Validate(problems.Field("learningRate")));
        problems.Add(spec.Optimizer.Validate(problems.Field("optimizer")));
        problems.Add(spec.Data?.Validate(spec.Task, problems.Field("data")) ?? []);
        return problems.Problems;
    }

    public static IReadOnlyList<SpecProblem> Validate(this LearningRateSpec rate, string path = "learningRate")
    {
        ArgumentNullException.ThrowIfNull(rate);
        var problems = new SpecProblemList(path);
        problems.Require(rate.Peak > 0 && double.IsFinite(rate.Peak), "peak", $"Is {rate.Peak}; use a number over 0.");
        problems.Require(rate.WarmUp >= 0, "warmUp", $"Is {rate.WarmUp}; use 0 or more steps.");
        problems.Require(rate.HoldUntil is >= 0 and < 1, "holdUntil", $"{rate.HoldUntil} leaves no step to decay; use 0 up to, but not, 1.");
        problems.Require(rate.Floor is >= 0 and <= 1, "floor", $"{rate.Floor} is no share of the peak; use 0 to 1.");
        return problems.Problems;
    }

    public static IReadOnlyList<SpecProblem> Validate(this AdamWSpec optimizer, string path = "optimizer")
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        var problems = new SpecProblemList(path);
        problems.Require(optimizer.Beta1 is >= 0 and < 1, "beta1", $"Is {optimizer.Beta1}; use 0 up to, but not, 1.");
        problems.Require(optimizer.Beta2 is >= 0 and < 1, "beta2", $"Is {optimizer.Beta2}; use 0 up to, but not, 1.");
        problems.Require(optimizer.Epsilon > 0 && double.IsFinite(optimizer.Epsilon), "epsilon", $"Is {optimizer.Epsilon}; use a small number over 0.");
        problems.Require(optimizer.WeightDecay >= 0 && double.IsFinite(optimizer.WeightDecay), "weightDecay", $"Is {optimizer.WeightDecay}; use 0 or more.");
        problems.Require(optimizer.ClipNorm >= 0 && double.IsFinite(optimizer.ClipNorm), "clipNorm", $"Is {optimizer.ClipNorm}; use 0 for no clipping, or a number over it.");
        return problems.Problems;
    }

    private static void RequireMixture(SpecProblemList problems, BaseMixture mixture)
    {
        double[] shares = [mixture.Map, mixture.Eval, mixture.Solve, mixture.Deal, mixture.Revision];
        problems.Require(shares.All(share => share is >= 0 and <= 1), "mixture", "Holds a share outside 0 to 1; use shares that sum to 1.");
        problems.Require(Math.Abs(shares.Sum() - 1) < 1e-9, "mixture", $"Its shares sum to {shares.Sum():0.####}; make them sum to 1.");
    }
}
