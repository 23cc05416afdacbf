using System.Globalization;
using Crescent.Kernels.Numerics;

namespace Crescent.Kernels.Claims;

/// <summary>Every claim with its criterion. x is the step fixed in the spec, best the checkpoint chosen on the choosing deals, @n accuracy within n tries.</summary>
public static class ClaimCriteria
{
    public const string Forgets = "forgets";
    public const string Improves = "rl-improves";
    public const string Restores = "rl-restores";
    public const string Window = "window";
    public const string BelowBest = "rl-below-best";
    public const string RotationNotValues = "rotation-not-values";
    public const string RotationPredicts = "rotation-predicts";
    public const string DirectionsRestore = "directions-restore";
    public const string ObjectiveBeatsSft = "objective-beats-sft";
    public const string MoreTriesHelp = "more-tries-help";
    public const string MemorisesGeneralises = "sft-memorises-rl-generalises";

    /// <summary>Tries within which the recovery claims count a deal as solved, where the evaluation says nothing else.</summary>
    public const int DefaultTries = 5;

    /// <summary>What a spec states where it says nothing else: the claims of a single experiment.</summary>
    public static IReadOnlyList<StatedCriterion> Stated { get; } = [.. All().Take(8).Select(criterion => new StatedCriterion(criterion.Claim, criterion.Smallest))];

    /// <summary>What makes stated criteria unusable.</summary>
    public static IReadOnlyList<SpecProblem> Validate(IReadOnlyList<StatedCriterion> stated, string path)
    {
        ArgumentNullException.ThrowIfNull(stated);
        var problems = new SpecProblemList("");
        for (var i = 0; i < stated.Count; i++)
        {
            var criterion = stated[i];
            problems.Require(All().Any(known => known.Claim == criterion.Claim), $"{path}[{i}].claim", $"'{criterion.Claim}' is no claim. Use one of {string.Join(", ", All().Select(known => known.Claim))}.");
            problems.Require(criterion.Smallest > 0 && double.IsFinite(criterion.Smallest), $"{path}[{i}].smallest", FormattableString.Invariant($"Is {criterion.Smallest}; a difference that matters is over 0."));
            problems.Require(!stated.Take(i).Any(other => other.Claim == criterion.Claim), $"{path}[{i}].claim", $"'{criterion.Claim}' is stated twice. Drop one.");
        }

        return problems.Problems;
    }

    /// <param name="tries">Tries that the evaluations allow.</param>
    public static IReadOnlyList<ClaimCriterion> All(int tries = DefaultTries)
    {
        var within = string.Create(CultureInfo.InvariantCulture, $"OOD@{tries}");
        return
        [
            new(Forgets, "OOD@1 of the best checkpoint minus the end", 0.05, new ClaimCondition("in-distribution-gain", "ID@1 of the end minus the best")),
            new(Improves, $"{within} of RL from x minus x", 0.03, new ClaimCondition("shuffled-reward", $"{within} of RL minus RL with shuffled rewards")),
            new(Restores, $"gain(x) / (best - x) in {within}, ratio of means", 0.5),
            new(Window, $"gain(x) minus the mean of gain(early) and gain(end) in {within}", 0.02),
            new(BelowBest, $"{within} of the best checkpoint minus RL from x", 0.02),
            new(RotationNotValues, "best to end: ln(angle / Haar null) minus ln(value change / Haar null) at k = 10 %, mean over the matrices", Elementary.Log(1.25)),
            new(RotationPredicts, "minus the partial Spearman correlation of mean angle from the base (k = 10 %) and OOD@1 over checkpoints, given log step", 0.3),
            new(DirectionsRestore, $"end with the best checkpoint's leading 20 % of directions minus the same-norm rollback in {within}", 0.02, new ClaimCondition("random-directions", "restored minus random directions of the same norm")),
            new(ObjectiveBeatsSft, "OOD@1 of the objective minus SFT at matched ID@1", 0.03),
            new(MoreTriesHelp, "RL gain in OOD per doubling of the tries trained with, mean over 1, 3, 5 and 10 tries allowed", 0.01),
            new(MemorisesGeneralises, $"{within} of RL minus SFT at equal FLOPs", 0.05, new ClaimCondition("rl-gains", $"{within} of RL minus the start"), new ClaimCondition("sft-loses", $"{within} of SFT minus the start", Below: true)),
        ];
    }

    /// <summary>The criterion of a claim with the smallest difference that was stated for it.</summary>
    internal static ClaimCriterion Of(string claim, int tries, IReadOnlyList<StatedCriterion> stated) =>
        Of(claim, tries) is var criterion && stated.FirstOrDefault(other => other.Claim == claim) is { } own ? criterion with { Smallest = own.Smallest } : criterion;

    /// <exception cref="CrescentException"><c>claim-unknown</c>.</exception>
    public static ClaimCriterion Of(string claim, int tries = DefaultTries) =>
        All(tries).FirstOrDefault(criterion => criterion.Claim == claim) ?? throw new CrescentException("claim-unknown", $"'{claim}' is no claim. Use one of {string.Join(", ", All().Select(criterion => criterion.Claim))}.");
}
