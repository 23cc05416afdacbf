using System.Globalization;
using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Interventions;
using Crescent.Kernels.Models;
using Crescent.Kernels.Recovery;
using Crescent.Kernels.Sft;
using Crescent.Kernels.Tasks;

namespace Crescent.Abstractions.Experiments;

/// <summary>What a spec must hold so that every run of the experiment can be done: the rules of the run specs, those between stages, and limits that keep one experiment from taking a whole installation.</summary>
internal static class ExperimentRules
{
    public const int MaxCheckpoints = 64;
    public const int MaxRecoveries = 64;
    public const int MaxPairs = 64;
    public const int MaxEdits = 64;
    public const int MaxSteps = 10_000_000;
    public const int MaxBatch = 65_536;
    public const int MaxDraws = 1000;
    public const long MaxParameters = 2_000_000_000;

    public static IReadOnlyList<SpecProblem> Check(ExperimentSpec spec)
    {
        var problems = new SpecProblemList(string.Empty);
        CheckHeader(spec, problems);
        CheckModel(spec.Model, problems);
        CheckSizes(spec, problems);
        problems.Add(spec.Base.Validate("base"));
        problems.Add(spec.Sft.Validate("sft"));
        problems.Add(spec.Recovery.Run.Validate("recovery.run"));
        problems.Add(spec.Evaluation.Validate("evaluation"));
        problems.Add(spec.Interventions.Run.Evaluation.Validate("interventions.run.evaluation"));
        StageRules.Check(spec, problems);
        WeightRules.Check(spec, problems);
        return [.. problems.Problems.Select(AtTop).DistinctBy(problem => problem.Field)];
    }

    private static void CheckHeader(ExperimentSpec spec, SpecProblemList problems)
    {
        problems.Require(spec.Version == 1, "version", $"This server reads version 1, found {spec.Version}. Write 'version: 1'.");
        problems.Require(spec.Name.Trim().Length is > 0 and <= 80 && !spec.Name.Any(char.IsControl), "name", "Give 1 to 80 characters on one line.");
        problems.Require(spec.Question.Trim().Length is > 0 and <= 500, "question", "Say in 1 to 500 characters what the experiment asks.");
    }

    private static void CheckModel(DecoderSpec model, SpecProblemList problems)
    {
        Limit(problems, "model.hiddenSize", model.HiddenSize, 2, 8192);
        Limit(problems, "model.layers", model.Layers, 1, 128);
        Limit(problems, "model.heads", model.Heads, 1, 128);
        Limit(problems, "model.keyValueHeads", model.KeyValueHeads, 1, 128);
        Limit(problems, "model.feedForwardSize", model.FeedForwardSize, 1, 32_768);
        Limit(problems, "model.vocabularySize", model.VocabularySize, 2, 262_144);
        Limit(problems, "model.maxPositions", model.MaxPositions, 1, 65_536);
        problems.Require(model.RopeTheta > 1 && double.IsFinite(model.RopeTheta), "model.ropeTheta", "Use a number over 1, 10000 for instance.");
        problems.Require(model.NormEpsilon > 0 && model.NormEpsilon < 1, "model.normEpsilon", "Use a small number over 0, 1e-6 for instance.");
        if (problems.Problems.Count == 0)
        {
            var parameters = DecoderLayout.Tensors(model).Sum(tensor => tensor.Shape.Aggregate(1L, (size, dimension) => size * dimension));
            problems.Require(parameters <= MaxParameters, "model", string.Create(CultureInfo.InvariantCulture, $"Has {parameters:N0} parameters; at most {MaxParameters:N0} are trained here. Use fewer layers or a smaller hidden size."));
        }
    }

    private static void CheckSizes(ExperimentSpec spec, SpecProblemList problems)
    {
        Limit(problems, "base.steps", spec.Base.Steps, 1, MaxSteps);
        Limit(problems, "base.batch", spec.Base.Batch, 1, MaxBatch);
        Limit(problems, "sft.steps", spec.Sft.Steps, 1, MaxSteps);
        Limit(problems, "sft.batch", spec.Sft.Batch, 1, MaxBatch);
        problems.Require(spec.Sft.Checkpoints.Count <= MaxCheckpoints, "sft.checkpoints", $"Has {spec.Sft.Checkpoints.Count} entries; use at most {MaxCheckpoints}.");
        Limit(problems, "recovery.run.updates", spec.Recovery.Run.Updates, 1, MaxSteps);
        Limit(problems, "recovery.run.prompts", spec.Recovery.Run.Prompts, 1, MaxBatch);
        Limit(problems, "recovery.run.groupSize", spec.Recovery.Run.GroupSize, 1, 4096);
        Limit(problems, "recovery.run.tries", spec.Recovery.Run.Tries, 1, Episode.MaxTries);
        Limit(problems, "evaluation.tries", spec.Evaluation.Tries, 1, Episode.MaxTries);
        Limit(problems, "interventions.run.evaluation.tries", spec.Interventions.Run.Evaluation.Tries, 1, Episode.MaxTries);
        Limit(problems, "spectra.run.nullDraws", spec.Spectra.Run.NullDraws, 1, MaxDraws);
        Limit(problems, "spectra.run.headNullDraws", spec.Spectra.Run.HeadNullDraws, 0, MaxDraws);
        problems.Require(spec.Spectra.Run.Ranks.Count <= MaxEdits, "spectra.run.ranks", $"Has {spec.Spectra.Run.Ranks.Count} entries; use at most {MaxEdits}.");
        Limit(problems, "interventions.run.randomDraws", spec.Interventions.Run.RandomDraws, 0, MaxDraws);
        Limit(problems, "interventions.run.gaussianDraws", spec.Interventions.Run.GaussianDraws, 0, MaxDraws);
        Limit(problems, "interventions.run.subspaceDraws", spec.Interventions.Run.SubspaceDraws, 0, MaxDraws);
    }

    private static void Limit(SpecProblemList problems, string field, int value, int least, int most) =>
        problems.Require(value >= least && value <= most, field, $"Is {value}; use {least} to {most}.");

    /// <summary>Task and model are checked by each stage that uses them, but stand once, at the top.</summary>
    private static SpecProblem AtTop(SpecProblem problem)
    {
        foreach (var name in (ReadOnlySpan<string>)[".model.", ".task."])
        {
            var at = problem.Field.IndexOf(name, StringComparison.Ordinal);
            if (at >= 0)
            {
                return problem with { Field = problem.Field[(at + 1)..] };
            }
        }

        return problem;
    }
}
