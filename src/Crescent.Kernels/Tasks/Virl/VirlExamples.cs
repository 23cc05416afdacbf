using Crescent.Kernels.Randomness;
using Crescent.Kernels.Sft;

namespace Crescent.Kernels.Tasks.Virl;

/// <summary>
/// Training examples of navigation. Exercises of base training, in both action spaces: <c>bos MAP SPACE turn-sentence sep</c> -> <c>action eos</c>; <c>bos EVAL instructions sep sight sep</c> -> <c>sentence eos</c>, the walk that leads there;
/// <c>bos SOLVE SPACE instructions sep sentence observation sep</c> -> <c>action eos</c>.
/// </summary>
internal sealed class VirlExamples(VirlSpec spec)
{
    public static IReadOnlyList<Waypoint> Thin(VirlSpec spec, Route route, RandomStream random)
    {
        var kept = route.Legs.Select(_ => Enumerable.Range(0, spec.Points).Select(_ => random.NextDouble() >= spec.Thinning).ToArray()).ToArray();
        return Rail.Waypoints(route, spec.Points, (leg, point) => kept[leg][point]);
    }

    public TrainingExample Example(ExampleKind kind, RandomStream random, double corruption, RouteMap map)
    {
        if (kind == ExampleKind.Map)
        {
            var (from, to, space) = (random.NextInt(360), random.NextInt(360), AnyRule(random));
            return Join([Navigation.Bos, Navigation.Map, NavigationDialogue.Space(space), .. NavigationDialogue.TurnSentence(from, to), Navigation.Sep], [NavigationDialogue.Turn(from, to, space), Navigation.Eos]);
        }

        var rule = kind == ExampleKind.FineTuning ? spec.InDistribution : AnyRule(random);
        var route = map.Draw(random);
        var rail = Thin(spec, route, random);
        var place = random.NextInt(rail.Count);
        var waypoint = rail[place];
        var right = NavigationDialogue.Action(route, waypoint, rule);
        return kind switch
        {
            ExampleKind.Eval => Find(Renamed(route, random), random),
            ExampleKind.Solve => Join(
                [
                    Navigation.Bos, Navigation.Solve, NavigationDialogue.Space(rule), .. NavigationDialogue.Instructions(route), Navigation.Sep,
                    Navigation.Sentence(waypoint.Sentence), .. NavigationDialogue.Observation(waypoint), Navigation.Sep,
                ],
                [right, Navigation.Eos]),
            ExampleKind.Revision => Revise(random, NavigationDialogue.Prompt(route, rail, place, rule), waypoint, right, rule, corruption),
            _ => Join(NavigationDialogue.Prompt(route, rail, place, rule), Answer(random, waypoint, right, rule, corruption)),
        };
    }

    private static ActionRule AnyRule(RandomStream random) => random.NextInt(2) == 0 ? ActionRule.Absolute : ActionRule.Relative;

    /// <summary>The route with other landmarks, drawn from all names, so that those of other cities are known words.</summary>
    private static Route Renamed(Route route, RandomStream random)
    {
        var names = Enumerable.Range(0, City.Names).ToArray();
        random.Shuffle<int>(names);
        return route with { Legs = [.. route.Legs.Select((leg, i) => leg with { At = leg.At is null ? null : leg.At with { Name = names[i] } })] };
    }

    private static TrainingExample Find(Route route, RandomStream random)
    {
        var seen = Enumerable.Range(0, route.Legs.Count).Where(leg => route.Legs[leg].At is not null).ToArray();
        var leg = seen[random.NextInt(seen.Length)];
        var sight = route.Legs[leg].At!;
        return Join(
            [Navigation.Bos, Navigation.Eval, .. NavigationDialogue.Instructions(route), Navigation.Sep, Navigation.Name(sight.Name), Navigation.Side(sight.Side), Navigation.Sep],
            [Navigation.Sentence((2 * leg) + 2), Navigation.Eos]);
    }

    private static int[] Answer(RandomStream random, Waypoint waypoint, int right, ActionRule rule, double corruption) =>
        NavigationDialogue.Answer(waypoint, random.NextDouble() < corruption ? AnyAction(random, rule) : right);

    private static int AnyAction(RandomStream random, ActionRule rule)
    {
        var turns = rule == ActionRule.Absolute ? Compass.Points.Count : Compass.Turns.Count;
        var action = random.NextInt(turns + 2);
        return action == turns ? Navigation.Forward : action == turns + 1 ? Navigation.Stop : rule == ActionRule.Absolute ? Navigation.Point(action) : Navigation.Direction(action);
    }

    private static TrainingExample Revise(RandomStream random, int[] prompt, Waypoint waypoint, int right, ActionRule rule, double corruption)
    {
        var answer = Answer(random, waypoint, right, rule, corruption);
        var history = new List<int>(prompt);
        var failures = 1 + random.NextInt(2);
        for (var i = 0; i < failures; i++)
        {
            var (attempt, judgement) = FailedTry(random, waypoint, right, rule);
            history.AddRange(attempt);
            history.AddRange(NavigationDialogue.Feedback(judgement, waypoint));
        }

        return Join([.. history], answer);
    }

    /// <summary>A try that fails: a wrong action of the right space (60 %) or of the other, with the intersection seen wrongly in a quarter, without an action in a tenth.</summary>
    private static (int[] Answer, Judgement Judgement) FailedTry(RandomStream random, Waypoint waypoint, int right, ActionRule rule)
    {
        while (true)
        {
            var space = random.NextDouble() < 0.6 ? rule : rule == ActionRule.Absolute ? ActionRule.Relative : ActionRule.Absolute;
            var seen = random.NextDouble() < 0.25 ? waypoint with { Intersection = !waypoint.Intersection } : waypoint;
            var answer = NavigationDialogue.Answer(seen, AnyAction(random, space));
            if (random.NextDouble() < 0.1)
            {
                answer = [.. answer[..^2], Navigation.Eos];
            }

            var judgement = NavigationDialogue.Judge(waypoint, right, answer);
            if (judgement.Verdict != Verdict.Correct)
            {
                return (answer, judgement);
            }
        }
    }

    private static TrainingExample Join(int[] prompt, int[] answer) => new([.. prompt, .. answer], prompt.Length);
}
