using Crescent.Kernels.Sft;
using Crescent.Kernels.Tasks;

namespace Crescent.Kernels.Recovery;

/// <summary>What makes the spec of a recovery run unusable.</summary>
public static class RecoveryValidation
{
    public static IReadOnlyList<SpecProblem> Validate(this RecoverySpec spec, string path = "")
    {
        ArgumentNullException.ThrowIfNull(spec);
        var problems = new SpecProblemList(path);
        problems.Add(spec.Task.Validate(problems.Field("task")));
        problems.Require(spec.Algorithm == "grpo", "algorithm", $"'{spec.Algorithm}' is unknown; use grpo.");
        problems.Require(spec.Updates >= 1, "updates", $"Is {spec.Updates}; use at least 1.");
        problems.Require(spec.Prompts >= 1, "prompts", $"Is {spec.Prompts}; use at least 1.");
        problems.Require(spec.GroupSize >= 2, "groupSize", $"{spec.GroupSize} leaves nothing to compare an episode with; use at least 2.");
        problems.Require(spec.Tries is >= 1 and <= Episode.MaxTries, "tries", $"Is {spec.Tries}; use 1 to {Episode.MaxTries}.");
        problems.Add(spec.Task.ValidateModel(spec.Model, Math.Clamp(spec.Tries, 1, Episode.MaxTries), problems.Field("model")));
        problems.Require(spec.Temperature > 0 && double.IsFinite(spec.Temperature), "temperature", $"At {spec.Temperature} every episode of a group would be the same; use a number over 0.");
        problems.Require(spec.Discount is >= 0 and <= 1, "discount", $"Is {spec.Discount}; use 0 to 1.");
        problems.Require(spec.AdvantageEpsilon > 0 && double.IsFinite(spec.AdvantageEpsilon), "advantageEpsilon", $"Is {spec.AdvantageEpsilon}; use a small number over 0.");
        problems.Require(spec.ClipLow is > 0 and <= 1, "clipLow", $"Is {spec.ClipLow}; use a number over 0, at most 1.");
        problems.Require(spec.ClipHigh > 0 && double.IsFinite(spec.ClipHigh), "clipHigh", $"Is {spec.ClipHigh}; use a number over 0.");
        double?[] rewards = [spec.Rewards.Correct, spec.Rewards.WrongValue, spec.Rewards.WrongNumbers, spec.Rewards.Illegal, spec.Rewards.Partial, spec.Rewards.WrongRecognition, spec.Rewards.LimitReached];
        problems.Require(rewards.All(reward => reward is null || double.IsFinite(reward.Value)), "rewards", "Holds a reward that is no finite number; use numbers such as 5 and -1.");
        problems.Require(rewards.Any(reward => reward is not null && reward != spec.Rewards.Correct), "rewards", "Gives every verdict the same reward, so there is nothing to learn; reward 'correct' higher than the others.");
        problems.Add(spec.LearningRate.Validate(problems.Field("learningRate")));
        problems.Add(spec.Optimizer.Validate(problems.Field("optimizer")));
        return problems.Problems;
    }
}
