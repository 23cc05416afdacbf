using Crescent.Kernels.Randomness;

namespace Crescent.Kernels.Sft;

/// <summary>The examples of a training run: row <c>row</c> of step <c>step</c>, a function of the seed and these two alone.</summary>
public interface ITrainingData
{
    TrainingExample Example(int step, int row);
}

/// <summary>The base mixture: the skill is shown clean in SOLVE, while the task's own format is mostly corrupt, so the base can solve but has not bound solving to the format.</summary>
public sealed class BaseData(BaseTrainingSpec spec) : ITrainingData
{
    /// <summary>Tries of the longest dialogue in the mixture: two failed ones and the answer.</summary>
    public const int LongestDialogue = 3;

    private readonly ExampleSource source = new(spec.Task);

    public TrainingExample Example(int step, int row)
    {
        var random = new RandomStream(new RandomKey(spec.Seed, RandomPurpose.BaseData, (uint)step, (uint)row));
        var mixture = spec.Mixture;
        var draw = random.NextDouble();
        if (draw < mixture.Map)
        {
            return ExampleSource.Map(random);
        }

        if (draw < mixture.Map + mixture.Eval)
        {
            return ExampleSource.Eval(random);
        }

        if (draw < mixture.Map + mixture.Eval + mixture.Solve)
        {
            return source.Solve(random);
        }

        return draw < mixture.Map + mixture.Eval + mixture.Solve + mixture.Deal
            ? source.Play(random, ExampleSource.AnyRule(random), spec.DealCorruption)
            : source.Revise(random, ExampleSource.AnyRule(random), spec.RevisionCorruption);
    }
}

/// <summary>Fresh deals of the in-distribution rule with reference formulas.</summary>
public sealed class SftData(SftSpec spec) : ITrainingData
{
    private readonly ExampleSource source = new(spec.Task);

    public TrainingExample Example(int step, int row) =>
        source.Play(new RandomStream(new RandomKey(spec.Seed, RandomPurpose.SftData, (uint)step, (uint)row)), spec.Task.InDistribution, corruption: 0);
}
