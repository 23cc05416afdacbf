using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Randomness;
using Crescent.Kernels.Sft;

namespace Crescent.Kernels.Tasks.GeneralPoints;

/// <summary>GeneralPoints as a task: hands of four cards, clustered by the multiset of their values.</summary>
public sealed class GeneralPointsTask : ITask
{
    private readonly GeneralPointsSpec spec;
    private readonly IWording wording;
    private readonly ExampleSource examples;
    private readonly HandHoldOut holdOut;

    public GeneralPointsTask(GeneralPointsSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        this.spec = spec;
        wording = spec.WordingForm();
        examples = new ExampleSource(spec, wording);
        holdOut = new HandHoldOut(spec.HoldOut);
    }

    public TaskFormat Format => wording.Format;

    public string Text(ReadOnlySpan<int> tokens) => wording.Text(tokens);

    public long? FineTuningPairs => examples.FineTuningPairs;

    public IReadOnlyList<IDealCluster> Clusters(EvaluationVariant variant) =>
        spec.Rule(variant) is { } rule ? [.. Hands(variant).Select(hand => new Hand(wording, hand, rule, NeedsFace(variant)))] : [];

    /// <summary>The hands that are evaluated of a variant, in lexicographic order. Out of distribution at least one card is a face card, as in the original's evaluation.</summary>
    public IEnumerable<int[]> Hands(EvaluationVariant variant)
    {
        var rule = spec.Rule(variant) ?? throw new ArgumentException($"The task has no variant {variant}.", nameof(variant));
        var values = Enumerable.Range(1, SolutionBook.MaxRank).Select(rank => rule.Value(rank)).ToHashSet();
        var faces = Enumerable.Range(Deal.FirstFace, 3).Select(rank => rule.Value(rank)).ToHashSet();
        return SolutionBook.For(spec.Target).Hands.Where(hand => hand.All(values.Contains) && (!NeedsFace(variant) || hand.Any(faces.Contains)) && holdOut.Evaluates(hand));
    }

    public ITaskDeal Draw(RandomStream random, EvaluationVariant variant) =>
        new Hand.Dealt(wording, examples.Draw(random, spec.Rule(variant) ?? throw new ArgumentException($"The task has no variant {variant}.", nameof(variant))));

    public TrainingExample Example(ExampleKind kind, RandomStream random, double corruption) => kind switch
    {
        ExampleKind.Map => examples.Map(random),
        ExampleKind.Eval => examples.Eval(random),
        ExampleKind.Solve => examples.Solve(random),
        ExampleKind.Deal => examples.Play(random, ExampleSource.AnyRule(random), corruption),
        ExampleKind.Revision => examples.Revise(random, ExampleSource.AnyRule(random), corruption),
        _ => examples.FineTune(random),
    };

    private static bool NeedsFace(EvaluationVariant variant) => variant != EvaluationVariant.InDistribution;
}
