using Crescent.Kernels.Evaluation;

namespace Crescent.Kernels.Tasks.GeneralPoints;

/// <summary>What makes the options of GeneralPoints unusable.</summary>
internal static class GeneralPointsValidation
{
    /// <summary>The least number of hands with which a variant can be evaluated.</summary>
    private const int LeastHands = 20;

    public static IReadOnlyList<SpecProblem> Validate(GeneralPointsSpec task, string path)
    {
        var problems = new SpecProblemList(path);
        var inRange = task.Target is >= 0 and <= Vocabulary.MaxNumber;
        problems.Require(inRange, "target", $"{task.Target} has no token; use 0 to {Vocabulary.MaxNumber}.");
        problems.Require(
            task.InDistribution != task.OutOfDistribution,
            "outOfDistribution",
            "Is the same rule as inDistribution, so nothing is out of distribution; use the other rule.");
        problems.Require(task.ReferenceSolutions >= 1, "referenceSolutions", $"{task.ReferenceSolutions} leaves no formula to show; use at least 1.");
        problems.Require(
            task.HeldOut is null || (task.HeldOut != task.InDistribution && task.HeldOut != task.OutOfDistribution),
            "heldOut",
            "Is one of the two rules that are evaluated anyway; name the third, or leave it out.");
        problems.Require(
            task.Prompts != PromptArm.Rules || task.HeldOut != task.FurtherRule,
            "prompts",
            "SFT would show the rule that is held out; use 'layouts', or leave heldOut out.");
        problems.Require(
            task.Prompts != PromptArm.Layouts || task.Wording == WordingKind.Tokens,
            "prompts",
            "The original's wording has one layout; use 'rules', or the wording 'tokens'.");
        var shareRight = task.HoldOut is >= 0 and <= 0.9;
        problems.Require(shareRight, "holdOut", $"{task.HoldOut} is no share that leaves hands to train on; use 0 to 0.9.");
        if (inRange && shareRight)
        {
            CheckHands(task, problems);
        }

        return problems.Problems;
    }

    private static void CheckHands(GeneralPointsSpec task, SpecProblemList problems)
    {
        var all = new GeneralPointsTask(task with { HoldOut = 0 });
        foreach (var variant in Enum.GetValues<EvaluationVariant>().Where(variant => task.Rule(variant) is not null))
        {
            var hands = all.Hands(variant).Count();
            if (hands == 0)
            {
                problems.Require(false, "target", $"No hand reaches {task.Target} where {task.Rule(variant)!.Value.Describe()}; use another number, 24 for instance.");
                return;
            }

            var kept = new GeneralPointsTask(task).Hands(variant).Count();
            if (kept < LeastHands)
            {
                problems.Require(
                    false,
                    task.HoldOut > 0 && hands >= LeastHands ? "holdOut" : "target",
                    task.HoldOut > 0 && hands >= LeastHands
                        ? $"Leaves {kept} of {hands} hands to evaluate where {task.Rule(variant)!.Value.Describe()}; use a larger share, at least {LeastHands} hands are needed."
                        : $"Only {hands} hands reach {task.Target} where {task.Rule(variant)!.Value.Describe()}; at least {LeastHands} are needed. Use another number, 24 for instance.");
                return;
            }
        }
    }
}
