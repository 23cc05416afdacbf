using System.Collections.Concurrent;
using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Randomness;
using Crescent.Kernels.Sft;

namespace Crescent.Kernels.Tasks.Virl;

/// <summary>Navigation as a task: a deal is a waypoint of a route, a cluster is a route. Since only right actions are carried out, every waypoint can be asked about on its own, and a route is completed where all of its waypoints are solved.</summary>
public sealed class VirlTask(VirlSpec spec) : ITask
{
    private static readonly ConcurrentDictionary<(int City, int Side, int Legs, int Routes), Lazy<IReadOnlyList<Route>>> Evaluated = [];
    private readonly RouteMap map = new(City.Of(spec.City, spec.Side), spec.Legs);
    private readonly VirlExamples examples = new(spec);

    public TaskFormat Format => spec.Format;

    public long? FineTuningPairs => null;

    public string Text(ReadOnlySpan<int> tokens) => Navigation.Text(tokens);

    public IReadOnlyList<IDealCluster> Clusters(EvaluationVariant variant)
    {
        var city = variant == EvaluationVariant.HeldOut ? spec.OtherCity : spec.City;
        return city is null ? [] : [.. EvaluatedRoutes(spec, city.Value).Select((route, i) => new RouteCluster(spec, route, i, Rule(variant)))];
    }

    public ITaskDeal Draw(RandomStream random, EvaluationVariant variant)
    {
        ArgumentNullException.ThrowIfNull(random);
        var route = map.Draw(random);
        var rail = VirlExamples.Thin(spec, route, random);
        return new Place(route, rail, random.NextInt(rail.Count), Rule(variant), []);
    }

    public TrainingExample Example(ExampleKind kind, RandomStream random, double corruption)
    {
        ArgumentNullException.ThrowIfNull(random);
        return examples.Example(kind, random, corruption, map);
    }

    internal static IReadOnlyList<Route> EvaluatedRoutes(VirlSpec spec, int city) => Evaluated.GetOrAdd(
        (city, spec.Side, spec.Legs, spec.Routes), static key => new Lazy<IReadOnlyList<Route>>(() => new RouteMap(City.Of(key.City, key.Side), key.Legs).Evaluated(key.Routes))).Value;

    private ActionRule Rule(EvaluationVariant variant) => variant == EvaluationVariant.OutOfDistribution ? spec.OutOfDistribution : spec.InDistribution;

    /// <summary>All waypoints of a route, thinned by the stream; the number wanted does not matter, since a route is only whole with all of them.</summary>
    private sealed class RouteCluster(VirlSpec spec, Route route, int number, ActionRule rule) : IDealCluster
    {
        public string Name => route.Key;

        public uint Number { get; } = (uint)number;

        public IReadOnlyList<ITaskDeal> Deals(RandomStream random, int wanted)
        {
            var rail = VirlExamples.Thin(spec, route, random);
            return [.. rail.Select((_, place) => new Place(route, rail, place, rule, [number, place]))];
        }
    }

    /// <summary>A waypoint that is asked about.</summary>
    private sealed class Place(Route route, IReadOnlyList<Waypoint> rail, int place, ActionRule rule, int[] cards) : ITaskDeal
    {
        public int[] Cards => cards;

        public string Cluster => route.Key;

        public int[] Prompt() => NavigationDialogue.Prompt(route, rail, place, rule);

        public Judgement Judge(ReadOnlySpan<int> answer) => NavigationDialogue.Judge(rail[place], NavigationDialogue.Action(route, rail[place], rule), answer);

        public int[] Feedback(Judgement judgement) => NavigationDialogue.Feedback(judgement, rail[place]);
    }
}
