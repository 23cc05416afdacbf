namespace Crescent.Kernels.Tasks.Virl;

/// <summary>Headings in whole degrees, clockwise from north, and the words for them.</summary>
public static class Compass
{
    /// <summary>The eight compass points, 45 degrees apart from north.</summary>
    public static IReadOnlyList<string> Points { get; } = ["north", "northeast", "east", "southeast", "south", "southwest", "west", "northwest"];

    /// <summary>The four relative directions, as numbered by <see cref="Turn"/>.</summary>
    public static IReadOnlyList<string> Turns { get; } = ["left", "slightly left", "slightly right", "right"];

    /// <summary>The angle between -180 (included) and 180. The original does not wrap: from 270 to 0 it says left.</summary>
    public static int Wrap(int degrees) => ((((degrees % 360) + 540) % 360 + 360) % 360) - 180;

    /// <summary>Number of the nearest compass point.</summary>
    public static int Point(int heading) => (Wrap(heading) + 360 + 22) / 45 % 8;

    /// <summary>Number of the relative direction from one heading to the next: beyond 45 degrees left or right, otherwise slightly; straight on counts as slightly left, as in the original.</summary>
    public static int Turn(int from, int to) => Wrap(to - from) switch
    {
        < -45 => 0,
        <= 0 => 1,
        <= 45 => 2,
        _ => 3,
    };
}
