using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Randomness;
using Crescent.Kernels.Sft;

namespace Crescent.Kernels.Tasks.GeneralPoints;

/// <summary>GeneralPoints as a task: hands of four cards, clustered by the multiset of their values.</summary>
public sealed class GeneralPointsTask(GeneralPointsSpec spec) : ITask
{
    private readonly SolutionBook book = SolutionBook.For(spec.Target);
    private readonly ExampleSource examples = new(spec);

    public TaskFormat Format => spec.Format;

    internal int Target => spec.Target;

    public string Text(ReadOnlySpan<int> tokens) => Vocabulary.Text(tokens);

    public IReadOnlyList<IDealCluster> Clusters(EvaluationVariant variant) => [.. Hands(variant).Select(hand => new Hand(this, hand, Rule(variant), NeedsFace(variant)))];

    /// <summary>The hands of a variant in lexicographic order. Out of distribution at least one card is a face card, as in the original's evaluation.</summary>
    public IEnumerable<int[]> Hands(EvaluationVariant variant) => (Rule(variant), NeedsFace(variant)) switch
    {
        (FaceRule.FacesAsTen, false) => book.Hands.Where(hand => hand[^1] <= 10),
        (FaceRule.FacesAsTen, true) => book.Hands.Where(hand => hand[^1] == 10),
        (_, false) => book.Hands,
        (_, true) => book.Hands.Where(hand => hand[^1] >= Deal.FirstFace),
    };

    public ITaskDeal Draw(RandomStream random, EvaluationVariant variant) => new Hand.Dealt(this, Deal.Draw(random, Rule(variant), book));

    public TrainingExample Example(ExampleKind kind, RandomStream random, double corruption) => kind switch
    {
        ExampleKind.Map => ExampleSource.Map(random),
        ExampleKind.Eval => ExampleSource.Eval(random),
        ExampleKind.Solve => examples.Solve(random),
        ExampleKind.Deal => examples.Play(random, ExampleSource.AnyRule(random), corruption),
        ExampleKind.Revision => examples.Revise(random, ExampleSource.AnyRule(random), corruption),
        _ => examples.Play(random, spec.InDistribution, corruption),
    };

    private FaceRule Rule(EvaluationVariant variant) => variant == EvaluationVariant.InDistribution ? spec.InDistribution : spec.OutOfDistribution;

    private static bool NeedsFace(EvaluationVariant variant) => variant == EvaluationVariant.OutOfDistribution;
}
