using Crescent.Kernels.Objectives;
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
        var algorithm = RecoveryAlgorithm.Find(spec.Algorithm);
        problems.Require(algorithm is not null, "algorithm", $"'{spec.Algorithm}' is unknown; use one of {string.Join(", ", RecoveryAlgorithm.Names)}.");
        problems.Require(spec.Updates >= 1, "updates", $"Is {spec.Updates}; use at least 1.");
        problems.Require(spec.Prompts >= 1, "prompts", $"Is {spec.Prompts}; use at least 1.");
        var least = algorithm is { HasCritic: true } ? 1 : 2;
        problems.Require(spec.GroupSize >= least, "groupSize", $"{spec.GroupSize} leaves nothing to compare an episode with; use at least {least}.");
        problems.Require(spec.Tries is >= 1 and <= Episode.MaxTries, "tries", $"Is {spec.Tries}; use 1 to {Episode.MaxTries}.");
        problems.Add(spec.Task.ValidateModel(spec.Model, Math.Clamp(spec.Tries, 1, Episode.MaxTries), problems.Field("model")));
        problems.Require(spec.Temperature > 0 && double.IsFinite(spec.Temperature), "temperature", $"At {spec.Temperature} every episode of a group would be the same; use a number over 0.");
        problems.Require(spec.Discount is >= 0 and <= 1, "discount", $"Is {spec.Discount}; use 0 to 1.");
        problems.Require(spec.AdvantageEpsilon > 0 && double.IsFinite(spec.AdvantageEpsilon), "advantageEpsilon", $"Is {spec.AdvantageEpsilon}; use a small number over 0.");
        problems.Require(spec.ClipLow is null or (> 0 and <= 1), "clipLow", $"Is {spec.ClipLow}; use a number over 0, at most 1.");
        problems.Require(spec.ClipHigh is null || IsPositive(spec.ClipHigh.Value), "clipHigh", $"Is {spec.ClipHigh}; use a number over 0.");
        problems.Require(spec.DualClip is null || (spec.DualClip > 1 && double.IsFinite(spec.DualClip.Value)), "dualClip", $"Is {spec.DualClip}; use a number over 1, 3 for instance, or leave it out.");
        problems.Require(spec.EntropyBonus >= 0 && double.IsFinite(spec.EntropyBonus), "entropyBonus", $"Is {spec.EntropyBonus}; use 0 for none, or a number over it.");
        problems.Require(spec.InnerSteps is >= 1 and <= 64, "innerSteps", $"Is {spec.InnerSteps}; use 1 to 64.");
        problems.Require(spec.MiniBatches >= 1 && spec.MiniBatches <= Math.Max(1, (long)spec.Prompts * spec.GroupSize), "miniBatches", $"{spec.MiniBatches} parts are more than an update's episodes; use 1 to {(long)spec.Prompts * spec.GroupSize}.");
        problems.Require(spec.SamplingRounds is null or (>= 1 and <= 64), "samplingRounds", $"Is {spec.SamplingRounds}; use 1 to 64.");
        problems.Require(spec.Overlong.Buffer >= 0, "overlong.buffer", $"Is {spec.Overlong.Buffer}; use 0 for no punishment, or a number of tokens.");
        problems.Require(spec.Overlong.Penalty >= 0 && double.IsFinite(spec.Overlong.Penalty), "overlong.penalty", $"Is {spec.Overlong.Penalty}; use 0 or more.");
        double?[] rewards = [spec.Rewards.Correct, spec.Rewards.WrongValue, spec.Rewards.WrongNumbers, spec.Rewards.Illegal, spec.Rewards.Partial, spec.Rewards.WrongRecognition, spec.Rewards.LimitReached];
        problems.Require(rewards.All(reward => reward is null || double.IsFinite(reward.Value)), "rewards", "Holds a reward that is no finite number; use numbers such as 5 and -1.");
        problems.Require(rewards.Any(reward => reward is not null && reward != spec.Rewards.Correct), "rewards", "Gives every verdict the same reward, so there is nothing to learn; reward 'correct' higher than the others.");
        RequireKl(problems, spec.Kl);
        if (algorithm is not null)
        {
            RequireAlgorithm(problems, spec, algorithm);
        }

        problems.Add(spec.LearningRate.Validate(problems.Field("learningRate")));
        problems.Add(spec.Optimizer.Validate(problems.Field("optimizer")));
        return problems.Problems;
    }

    private static void RequireKl(SpecProblemList problems, KlSpec kl)
    {
        problems.Require(kl.Beta >= 0 && double.IsFinite(kl.Beta), "kl.beta", $"Is {kl.Beta}; use 0 or more.");
        problems.Require(kl.Place != KlPlace.None || kl.Beta == 0, "kl.place", "Is none, yet kl.beta is set; use reward or loss, or leave kl.beta out.");
        problems.Require(kl.Place == KlPlace.None || kl.Beta != 0, "kl.beta", $"Is 0, so that kl.place {(kl.Place == KlPlace.Loss ? "loss" : "reward")} does nothing; use a number over 0, 0.05 for instance.");
        problems.Require(IsPositive(kl.Clamp) && kl.Clamp <= 80, "kl.clamp", $"Is {kl.Clamp}; use a number over 0, at most 80.");
        problems.Require(kl.Reference is ObjectiveReferences.Start or ObjectiveReferences.Base, "kl.reference", $"'{kl.Reference}' is no reference; use start or base.");
    }

    /// <summary>Options that an algorithm does not have.</summary>
    private static void RequireAlgorithm(SpecProblemList problems, RecoverySpec spec, RecoveryAlgorithm algorithm)
    {
        problems.Require(algorithm.HasCritic || spec.Ppo == new PpoSpec(), "ppo", $"'{spec.Algorithm}' has no critic; leave it out, or use algorithm ppo.");
        problems.Require(
            spec.DivideByDeviation is null || algorithm.Advantage is AdvantageKind.Standardised or AdvantageKind.Centred, "divideByDeviation", $"'{spec.Algorithm}' does not compare with the deviation of a group; leave it out.");
        var turns = algorithm.HasCritic && spec.Ppo.Action == PolicyAction.Turn;
        problems.Require(
            spec.LengthNormalisation is null || !(algorithm.OneRatioASequence || turns), "lengthNormalisation", $"'{spec.Algorithm}' with one ratio a sequence averages over sequences; leave it out.");
        if (!algorithm.HasCritic)
        {
            return;
        }

        problems.Require(spec.SamplingRounds is null or 1, "samplingRounds", "A critic learns from groups that are all alike too; leave it out.");
        problems.Require(spec.Ppo.GaeLambda is >= 0 and <= 1, "ppo.gaeLambda", $"Is {spec.Ppo.GaeLambda}; use 0 to 1.");
        problems.Require(spec.Ppo.TokenDiscount is >= 0 and <= 1, "ppo.tokenDiscount", $"Is {spec.Ppo.TokenDiscount}; use 0 to 1.");
        problems.Require(!turns || spec.Ppo.TokenDiscount == 1, "ppo.tokenDiscount", "Has no effect where an action is a whole turn; leave it out, or set ppo.action to token.");
        problems.Require(spec.Ppo.ValueCoefficient >= 0 && double.IsFinite(spec.Ppo.ValueCoefficient), "ppo.valueCoefficient", $"Is {spec.Ppo.ValueCoefficient}; use 0 or more.");
        problems.Require(spec.Ppo.ValueClip is null || IsPositive(spec.Ppo.ValueClip.Value), "ppo.valueClip", $"Is {spec.Ppo.ValueClip}; use a number over 0, or leave it out.");
        problems.Require(spec.Ppo.PrefixWeight is >= 0 and <= 1, "ppo.prefixWeight", $"Is {spec.Ppo.PrefixWeight}; use 0 to 1.");
        problems.Require(!turns || spec.Ppo.PrefixWeight == 1 || spec.Task.Format.Separator is not null, "ppo.prefixWeight", "The task's token form has no token before which a prefix ends; leave it out.");
        problems.Require(turns || spec.Ppo.PrefixWeight == 1, "ppo.prefixWeight", "Has no effect where an action is a token; leave it out, or set ppo.action to turn.");
    }

    private static bool IsPositive(double value) => value > 0 && double.IsFinite(value);
}
