using System.Text.Json.Serialization;

namespace Crescent.Kernels.Tasks.Virl;

/// <summary>In which words turns are made.</summary>
public enum ActionRule
{
    /// <summary>To one of eight compass points.</summary>
    Absolute,

    /// <summary>Left, right, slightly left or slightly right.</summary>
    Relative,
}

/// <summary>
/// Navigation in language (V-IRL, arXiv 2402.03310, as used in arXiv 2501.17161), in generated cities: follow the instructions of a route, one action at a waypoint. The variant trained on is in-distribution; the axis is the rule of the actions.
/// </summary>
public sealed record VirlSpec : TaskSpec
{
    public ActionRule InDistribution { get; init; } = ActionRule.Absolute;
    public ActionRule OutOfDistribution { get; init; } = ActionRule.Relative;

    /// <summary>Number of the city that routes are trained on and evaluated in.</summary>
    public int City { get; init; } = 1;

    /// <summary>Number of another city, evaluated under the in-distribution rule and never trained on; null: none.</summary>
    public int? OtherCity { get; init; }

    /// <summary>Street corners along each side of a city.</summary>
    public int Side { get; init; } = 8;

    /// <summary>Legs of the longest route; routes have from 2.</summary>
    public int Legs { get; init; } = 4;

    /// <summary>Points interpolated on each leg.</summary>
    public int Points { get; init; } = 2;

    /// <summary>Share of the interpolated points that are left out, at random.</summary>
    public double Thinning { get; init; } = 0.5;

    /// <summary>Routes evaluated of each variant; each is a cluster of its waypoints.</summary>
    public int Routes { get; init; } = 80;

    [JsonIgnore]
    public override string Kind => TaskKinds.Virl;

    [JsonIgnore]
    public override TaskFormat Format => new(
        Navigation.Size, Navigation.Bos, Navigation.Eos, NavigationDialogue.MaxPromptLength(Legs, Points), NavigationDialogue.MaxAnswerLength, NavigationDialogue.FeedbackLength);

    [JsonIgnore]
    public override IReadOnlyList<TaskFact> Facts =>
    [
        new("Task", FormattableString.Invariant($"V-IRL in language, generated city {City}, routes of 2 to {Legs} legs; accuracy is per step")),
        new("In distribution", Describe(InDistribution)),
        new("Out of distribution", Describe(OutOfDistribution)),
        .. OtherCity is { } other ? [new TaskFact("Held out", FormattableString.Invariant($"city {other}, {Describe(InDistribution)}"))] : Array.Empty<TaskFact>(),
    ];

    [JsonIgnore]
    public override bool ClustersAreWholes => true;

    public override ITask Create() => new VirlTask(this);

    public override IReadOnlyList<SpecProblem> Validate(string path = "task")
    {
        var problems = new SpecProblemList(path);
        problems.Require(InDistribution != OutOfDistribution, "outOfDistribution", "Is the same rule as inDistribution, so nothing is out of distribution; use the other rule.");
        problems.Require(City is >= 0 and <= MaxCity, "city", $"Is {City}; use 0 to {MaxCity}.");
        problems.Require(OtherCity is null or (>= 0 and <= MaxCity), "otherCity", $"Is {OtherCity}; use 0 to {MaxCity}, or leave it out.");
        problems.Require(OtherCity != City, "otherCity", "Is the city trained on, so nothing is held out; use another number, or leave it out.");
        problems.Require(Side is >= 4 and <= 32, "side", $"Is {Side}; use 4 to 32.");
        problems.Require(Legs is >= RouteMap.LeastLegs and <= Navigation.MaxSentence / 2, "legs", $"Is {Legs}; use {RouteMap.LeastLegs} to {Navigation.MaxSentence / 2}.");
        problems.Require(Points is >= 0 and <= 4, "points", $"Is {Points}; use 0 to 4.");
        problems.Require(Thinning is >= 0 and <= 1, "thinning", $"{Thinning} is no share; use 0 to 1.");
        problems.Require(Routes is >= 20 and <= 2000, "routes", $"Is {Routes}; use 20 to 2000.");
        if (problems.Problems.Count == 0)
        {
            foreach (var (field, city) in new[] { ("routes", (int?)City), ("otherCity", OtherCity) }.Where(each => each.Item2 is not null))
            {
                var found = VirlTask.EvaluatedRoutes(this, city!.Value).Count;
                problems.Require(found == Routes, field, $"City {city} has {found} such routes for evaluation, {Routes} are asked for; use fewer routes, more legs or a larger side.");
            }
        }

        return problems.Problems;
    }

    private const int MaxCity = 1_000_000;

    private static string Describe(ActionRule rule) => rule == ActionRule.Absolute ? "turns to compass points" : "turns to the left and right";
}
