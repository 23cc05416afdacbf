namespace Crescent.Kernels.Tasks.Virl;

/// <summary>What is seen of a landmark, from the heading at which one arrives.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Side">Where it stands: 0 ahead, 1 right, 2 behind, 3 left.</param>
public sealed record Sight(int Name, int Side);

/// <summary>One street of a route.</summary>
/// <param name="Heading">Its heading in degrees.</param>
/// <param name="At">What is seen where it ends; null: nothing.</param>
public sealed record Leg(int Heading, Sight? At);

/// <summary>A route as it is told: turn, walk to the next intersection, turn, ..., to the destination at the end of the last leg.</summary>
/// <param name="Key">Names the route among all.</param>
/// <param name="InitialHeading">Where one looks at the start.</param>
public sealed record Route(string Key, int InitialHeading, IReadOnlyList<Leg> Legs)
{
    /// <summary>The start, and where each leg ends; empty where that is not known.</summary>
    public IReadOnlyList<Geocode> Geocodes { get; init; } = [];

    /// <summary>Heading before the turn into a leg.</summary>
    public int HeadingBefore(int leg) => leg == 0 ? InitialHeading : Legs[leg - 1].Heading;
}

/// <summary>A place on earth, in degrees.</summary>
public readonly record struct Geocode(double Latitude, double Longitude);

/// <summary>What may be done at a waypoint.</summary>
public enum MoveKind
{
    Forward,
    Turn,
    Stop,
}

/// <summary>A place on a route where an action is asked for.</summary>
/// <param name="Sentence">The instruction to follow here, from 1: two for each leg, turn and walk.</param>
/// <param name="At">What is seen; null: no landmark.</param>
/// <param name="Intersection">Whether an intersection is observed. At the start and the destination none is.</param>
/// <param name="Move">The right action.</param>
/// <param name="Leg">The leg that a turn leads into, or that is walked.</param>
public sealed record Waypoint(int Sentence, Sight? At, bool Intersection, MoveKind Move, int Leg);

/// <summary>The waypoints of a route. On this rail only right actions are carried out: what is observed next never depends on a wrong one.</summary>
public static class Rail
{
    /// <summary>Waypoints of the longest rail.</summary>
    public static int Longest(int legs, int points) => (legs * (points + 1)) + 1;

    /// <param name="keeps">Whether point p of a leg stays when the points between intersections are thinned.</param>
    /// <param name="points">Points interpolated on each leg.</param>
    public static IReadOnlyList<Waypoint> Waypoints(Route route, int points, Func<int, int, bool> keeps)
    {
        ArgumentNullException.ThrowIfNull(route);
        ArgumentNullException.ThrowIfNull(keeps);
        var rail = new List<Waypoint> { new(1, null, Intersection: false, MoveKind.Turn, 0) };
        for (var leg = 0; leg < route.Legs.Count; leg++)
        {
            for (var point = 0; point < points; point++)
            {
                if (keeps(leg, point))
                {
                    rail.Add(new Waypoint((2 * leg) + 2, null, Intersection: false, MoveKind.Forward, leg));
                }
            }

            var at = route.Legs[leg].At;
            rail.Add(leg + 1 < route.Legs.Count
                ? new Waypoint((2 * leg) + 3, at, Intersection: true, MoveKind.Turn, leg + 1)
                : new Waypoint((2 * leg) + 2, at, Intersection: false, MoveKind.Stop, leg));
        }

        return rail;
    }
}
