using Crescent.Kernels.Randomness;
using Crescent.Kernels.Tasks.Virl;

namespace Crescent.Kernels.Tests.Tasks.Virl;

public sealed class RailTests
{
    private static readonly Route Route = new("1:0-1-2", 300, [new Leg(10, new Sight(3, 1)), new Leg(95, new Sight(4, 0))]);

    [Fact]
    public void Waypoints_AllPointsKept_TurnWalkTurnWalkStop()
    {
        var rail = Rail.Waypoints(Route, points: 2, (_, _) => true);
        Assert.Equal(Rail.Longest(2, 2), rail.Count);
        Assert.Equal(
            [MoveKind.Turn, MoveKind.Forward, MoveKind.Forward, MoveKind.Turn, MoveKind.Forward, MoveKind.Forward, MoveKind.Stop],
            rail.Select(waypoint => waypoint.Move));
        Assert.Equal([1, 2, 2, 3, 4, 4, 4], rail.Select(waypoint => waypoint.Sentence));
        Assert.Equal([false, false, false, true, false, false, false], rail.Select(waypoint => waypoint.Intersection));
    }

    [Fact]
    public void Waypoints_AllPointsThinned_LeaveStartIntersectionsAndDestination() =>
        Assert.Equal([MoveKind.Turn, MoveKind.Turn, MoveKind.Stop], Rail.Waypoints(Route, points: 2, (_, _) => false).Select(waypoint => waypoint.Move));

    [Fact]
    public void Prompt_InTheMiddle_TellsInstructionsHistoryAndWhatIsObserved()
    {
        var rail = Rail.Waypoints(Route, points: 1, (leg, _) => leg == 0);
        Assert.Equal(
            "bos NAV ABS TURN right north WALK L4 on-the-right TURN right east WALK L5 ahead sep no-landmark north no-landmark forward L4 on-the-right intersection sep",
            Navigation.Text(NavigationDialogue.Prompt(Route, rail, place: 2, ActionRule.Absolute)));
        Assert.Equal(
            "bos NAV REL TURN right north WALK L4 on-the-right TURN right east WALK L5 ahead sep no-landmark right no-landmark forward L4 on-the-right intersection right L5 ahead sep",
            Navigation.Text(NavigationDialogue.Prompt(Route, rail, place: 3, ActionRule.Relative)));
        Assert.Equal("L4 on-the-right intersection sep I3 east eos", Navigation.Text(NavigationDialogue.Answer(rail[2], NavigationDialogue.Action(Route, rail[2], ActionRule.Absolute))));
    }

    [Fact]
    public void Evaluated_TwoCalls_GiveTheSameRoutesAndNoneIsTrainedOn()
    {
        var map = new RouteMap(City.Of(1, 8), 4);
        var evaluated = map.Evaluated(80);
        Assert.Equal(evaluated.Select(route => route.Key), new RouteMap(City.Of(1, 8), 4).Evaluated(80).Select(route => route.Key));
        Assert.Equal(80, evaluated.Select(route => route.Key).Distinct().Count());
        var keys = evaluated.Select(route => route.Key).ToHashSet();
        for (uint i = 0; i < 3000; i++)
        {
            Assert.DoesNotContain(map.Draw(new RandomStream(new RandomKey(5, RandomPurpose.SftData, i))).Key, keys);
        }
    }

    [Fact]
    public void Heading_OfEveryStreet_TurnsAroundAtItsOtherEndAndPointsToItsCompassPoint()
    {
        var city = City.Of(3, 12);
        var streets = 0;
        for (var corner = 0; corner < city.Corners; corner++)
        {
            for (var direction = 0; direction < City.Directions; direction++)
            {
                if (city.Heading(corner, direction) is var heading && heading != City.NoStreet)
                {
                    streets++;
                    Assert.Equal((heading + 180) % 360, city.Heading(city.Neighbour(corner, direction)!.Value, (direction + 4) % 8));
                    Assert.Equal(direction, Compass.Point(heading));
                }
            }
        }

        Assert.InRange(streets, 400, 1000);
    }

    [Fact]
    public void Of_OtherNumber_IsAnotherCityWithOtherNames()
    {
        var (first, second) = (City.Of(1, 8), City.Of(2, 8));
        Assert.NotEqual(Headings(first), Headings(second));
        Assert.Empty(Names(first).Intersect(Names(second)));

        static IEnumerable<int> Headings(City city) => Enumerable.Range(0, city.Corners).Select(corner => city.Heading(corner, 0));
        static IEnumerable<int> Names(City city) => Enumerable.Range(0, city.Corners).Select(city.LandmarkAt).OfType<Landmark>().Select(landmark => landmark.Name);
    }
}
