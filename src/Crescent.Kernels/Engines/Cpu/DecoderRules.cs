using Crescent.Kernels.Models;

namespace Crescent.Kernels.Engines.Cpu;

/// <summary>What a decoder's shape must satisfy for the CPU engine.</summary>
internal static class DecoderRules
{
    /// <exception cref="CrescentException"><c>model-invalid</c>, with every problem found.</exception>
    public static void Check(DecoderSpec model)
    {
        ArgumentNullException.ThrowIfNull(model);
        List<SpecProblem> problems = [];
        AtLeastOne("vocabularySize", model.VocabularySize);
        AtLeastOne("hiddenSize", model.HiddenSize);
        AtLeastOne("layers", model.Layers);
        AtLeastOne("heads", model.Heads);
        AtLeastOne("keyValueHeads", model.KeyValueHeads);
        AtLeastOne("feedForwardSize", model.FeedForwardSize);
        AtLeastOne("maxPositions", model.MaxPositions);
        if (problems.Count == 0)
        {
            Require(model.HiddenSize % (2 * model.Heads) == 0, "heads", $"hiddenSize {model.HiddenSize} must be a multiple of twice the number of heads, {model.Heads}: head sizes are even");
            Require(model.Heads % model.KeyValueHeads == 0, "keyValueHeads", $"{model.KeyValueHeads} must divide heads, {model.Heads}");
            Require(model.NormEpsilon > 0 && double.IsFinite(model.NormEpsilon), "normEpsilon", "must be above 0");
            Require(model.RopeTheta > 1 && double.IsFinite(model.RopeTheta), "ropeTheta", "must be above 1");
            Require(Parameters(model) <= int.MaxValue / 2, "hiddenSize", "the model has more parameters than the CPU engine takes");
        }

        if (problems.Count > 0)
        {
            throw new CrescentException("model-invalid", "The model's shape is impossible: " + string.Join("; ", problems.Select(problem => $"{problem.Field}: {problem.Message}")) + ".") { Problems = problems };
        }

        void AtLeastOne(string field, int value) => Require(value is >= 1 and <= 1 << 24, field, $"{value} is not between 1 and {1 << 24}");

        void Require(bool condition, string field, string message)
        {
            if (!condition)
            {
                problems.Add(new SpecProblem("model." + field, message));
            }
        }
    }

    private static double Parameters(DecoderSpec model) =>
        2.0 * model.VocabularySize * model.HiddenSize + (double)model.Layers * model.HiddenSize * (4.0 * model.HiddenSize + 3.0 * model.FeedForwardSize + 2);
}
