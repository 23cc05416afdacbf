using System.Text.Json.Serialization;
using Crescent.Kernels.Models;

namespace Crescent.Kernels.Tasks;

/// <summary>Which task an experiment studies, with the task's own options. In documents <c>kind</c> names the task; without it the task is GeneralPoints.</summary>
[JsonConverter(typeof(TaskSpecConverter))]
public abstract record TaskSpec
{
    /// <summary>The task's name in documents.</summary>
    [JsonIgnore]
    public abstract string Kind { get; }

    [JsonIgnore]
    public abstract TaskFormat Format { get; }

    /// <summary>What a report says about the task: its name, and what is in and out of distribution.</summary>
    [JsonIgnore]
    public abstract IReadOnlyList<TaskFact> Facts { get; }

    /// <summary>Whether a cluster of deals is one undertaking, a route, so that solving it whole counts too.</summary>
    [JsonIgnore]
    public virtual bool ClustersAreWholes => false;

    /// <summary>What makes the options unusable.</summary>
    public abstract IReadOnlyList<SpecProblem> Validate(string path = "task");

    /// <summary>The task with these options. Only for options that <see cref="Validate"/> finds no fault with.</summary>
    public abstract ITask Create();

    /// <summary>Problems of a model that has to play the task.</summary>
    /// <param name="tries">Tries of the longest dialogue.</param>
    public IReadOnlyList<SpecProblem> ValidateModel(DecoderSpec model, int tries, string path = "model")
    {
        ArgumentNullException.ThrowIfNull(model);
        var problems = new SpecProblemList(path);
        problems.Require(model.VocabularySize == Format.VocabularySize, "vocabularySize", $"Is {model.VocabularySize}, but the task's token form has {Format.VocabularySize} tokens; use {Format.VocabularySize}.");
        var longest = Format.Dialogue(tries);
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

/// <summary>One line of what a report says about a task.</summary>
public sealed record TaskFact(string Term, string Value);
