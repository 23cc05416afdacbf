using Crescent.Kernels.Randomness;
using Crescent.Kernels.Tasks;

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

    private readonly ITask task = spec.Task.Create();

    public TrainingExample Example(int step, int row)
    {
        var random = new RandomStream(new RandomKey(spec.Seed, RandomPurpose.BaseData, (uint)step, (uint)row));
        var kind = Kind(spec.Mixture, random.NextDouble());
        return task.Example(kind, random, kind == ExampleKind.Deal ? spec.DealCorruption : spec.RevisionCorruption);
    }

    private static ExampleKind Kind(BaseMixture mixture, double draw) =>
        draw < mixture.Map ? ExampleKind.Map
        : draw < mixture.Map + mixture.Eval ? ExampleKind.Eval
        : draw < mixture.Map + mixture.Eval + mixture.Solve ? ExampleKind.Solve
        : draw < mixture.Map + mixture.Eval + mixture.Solve + mixture.Deal ? ExampleKind.Deal
        : ExampleKind.Revision;
}

/// <summary>Deals of the in-distribution variant with reference answers: fresh ones, or those of a data set of fixed size.</summary>
public sealed class SftData : ITrainingData
{
    private readonly SftSpec spec;
    private readonly ITask task;
    private readonly SftDataSet? data;

    public SftData(SftSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        this.spec = spec;
        task = spec.Task.Create();
        data = spec.Data is { } size ? new SftDataSet(task, spec.Seed, size) : null;
    }

    public TrainingExample Example(int step, int row) =>
        data?.At(((long)step * spec.Batch) + row)
        ?? task.Example(ExampleKind.FineTuning, new RandomStream(new RandomKey(spec.Seed, RandomPurpose.SftData, (uint)step, (uint)row)), corruption: 0);
}
