using Crescent.Kernels.Models;

namespace Crescent.Kernels.Tasks.GeneralPoints;

/// <summary>What makes a task spec unusable.</summary>
public static class GeneralPointsValidation
{
    public static IReadOnlyList<SpecProblem> Validate(this GeneralPointsSpec task, string path = "task")
    {
        ArgumentNullException.ThrowIfNull(task);
        var problems = new SpecProblemList(path);
        var inRange = task.Target is >= 0 and <= Vocabulary.MaxNumber;
        problems.Require(inRange, "target", $"{task.Target} has no token; use 0 to {Vocabulary.MaxNumber}.");
        problems.Require(
            !inRange || SolutionBook.For(task.Target).Hands.Any(hand => hand[^1] <= 10),
            "target",
            $"No hand reaches {task.Target} under both rules; use another number, 24 for instance.");
        problems.Require(
            task.InDistribution != task.OutOfDistribution,
            "outOfDistribution",
            "Is the same rule as inDistribution, so nothing is out of distribution; use the other rule.");
        problems.Require(task.ReferenceSolutions >= 1, "referenceSolutions", $"{task.ReferenceSolutions} leaves no formula to show; use at least 1.");
        return problems.Problems;
    }

    /// <summary>Problems of a model that has to play the task in its compact form.</summary>
    /// <param name="tries">Tries of the longest dialogue.</param>
    public static IReadOnlyList<SpecProblem> ValidateModel(this DecoderSpec model, int tries, string path = "model")
    {
        ArgumentNullException.ThrowIfNull(model);
        var problems = new SpecProblemList(path);
        problems.Require(model.VocabularySize == Vocabulary.Size, "vocabularySize", $"Is {model.VocabularySize}, but the task's compact form has {Vocabulary.Size} tokens; use {Vocabulary.Size}.");
        var longest = Dialogue.MaxLength(tries);
        problems.Require(model.MaxPositions >= longest, "maxPositions", $"{model.MaxPositions} is too short for a dialogue of {tries} tries, which takes {longest} tokens; use at least {longest}.");
        problems.Require(model.Layers >= 1, "layers", $"Is {model.Layers}; use at least 1.");
        problems.Require(model.FeedForwardSize >= 1, "feedForwardSize", $"Is {model.FeedForwardSize}; use at least 1.");
        problems.Require(
            model.Heads >= 1 && model.HiddenSize >= 2 && model.HiddenSize % model.Heads == 0 && model.HeadSize % 2 == 0,
            "heads",
            $"{model.Heads} heads do not split a hidden size of {model.HiddenSize} into equal, even parts; use a number of heads that does.");
        problems.Require(
            model.KeyValueHeads >= 1 && model.Heads % model.KeyValueHeads == 0,
            "keyValueHeads",
            $"{model.KeyValueHeads} does not divide the {model.Heads} heads; use a divisor, or {model.Heads} for plain attention.");
        return problems.Problems;
    }
}
