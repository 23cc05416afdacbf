using Crescent.Kernels.Randomness;
using Crescent.Kernels.Tasks;

namespace Crescent.Kernels.Sft;

/// <summary>A data set of fixed size instead of fresh pairs.</summary>
/// <param name="Examples">Prompt and answer pairs in the set; every epoch shows each once, in an order of its own.</param>
/// <param name="Distinct">True: no pair stands in the set twice.</param>
public sealed record SftDataSpec(int Examples, bool Distinct = true)
{
    /// <summary>The largest set; it is held in memory.</summary>
    public const int MaxExamples = 1_000_000;

    internal IReadOnlyList<SpecProblem> Validate(TaskSpec task, string path)
    {
        var problems = new SpecProblemList(path);
        var inRange = Examples is >= 1 and <= MaxExamples;
        problems.Require(inRange, "examples", $"Is {Examples}; use 1 to {MaxExamples}, or leave out 'data' for fresh pairs.");
        if (inRange && Distinct && task.Validate().Count == 0 && task.Create().FineTuningPairs is { } pairs)
        {
            // Drawn by rejection, so that half of what there is comes quickly.
            problems.Require(Examples <= pairs / 2, "examples", $"Asks for {Examples} distinct pairs where the task has {pairs}; use at most {pairs / 2}, or distinct: false.");
        }

        return problems.Problems;
    }
}

/// <summary>The pairs of a data set, and the order in which training meets them. A function of seed and size alone.</summary>
internal sealed class SftDataSet
{
    private readonly ulong seed;
    private readonly List<TrainingExample> pairs;
    private int[] order = [];
    private long epochOfOrder = -1;

    public SftDataSet(ITask task, ulong seed, SftDataSpec size)
    {
        this.seed = seed;
        pairs = new List<TrainingExample>(size.Examples);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var drawn = 0u; pairs.Count < size.Examples; drawn++)
        {
            var pair = task.Example(ExampleKind.FineTuning, new RandomStream(new RandomKey(seed, RandomPurpose.SftDataSet, drawn)), corruption: 0);
            if (!size.Distinct || seen.Add(string.Join(' ', pair.Tokens)))
            {
                pairs.Add(pair);
            }
        }
    }

    public IReadOnlyList<TrainingExample> Pairs => pairs;

    /// <summary>The pair met at a place of the whole run.</summary>
    public TrainingExample At(long place)
    {
        var (epoch, within) = Math.DivRem(place, pairs.Count);
        if (epoch != epochOfOrder)
        {
            order = [.. Enumerable.Range(0, pairs.Count)];
            new RandomStream(new RandomKey(seed, RandomPurpose.SftEpochOrder, checked((uint)epoch))).Shuffle<int>(order);
            epochOfOrder = epoch;
        }

        return pairs[order[within]];
    }
}
