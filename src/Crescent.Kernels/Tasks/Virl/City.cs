using System.Collections.Concurrent;
using Crescent.Kernels.Randomness;

namespace Crescent.Kernels.Tasks.Virl;

/// <summary>A landmark at a street corner.</summary>
/// <param name="Name">Number of its name.</param>
/// <param name="Bearing">Where it stands as seen from the corner, in degrees.</param>
internal sealed record Landmark(int Name, int Bearing);

/// <summary>
/// A generated city: corners on a square grid, streets between neighbours (most of the straight ones, some diagonals), turned and bent a little so that headings are no round numbers, and a landmark at most corners.
/// A function of its number and size. Neighbouring cities use different halves of the landmark names.
/// </summary>
internal sealed class City
{
    /// <summary>Landmark names that there are; a city uses half of them.</summary>
    public const int Names = 48;
    private const double StraightStreets = 0.95, DiagonalStreets = 0.3, Landmarks = 0.8;
    private static readonly ConcurrentDictionary<(int Number, int Side), Lazy<City>> Cities = [];
    private static readonly (int X, int Y)[] Steps = [(0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1)];
    private readonly int[,] headings;
    private readonly Landmark?[] landmarks;

    private City(int number, int side)
    {
        (Number, Side) = (number, side);
        headings = new int[side * side, Steps.Length];
        landmarks = new Landmark?[side * side];
        var random = new RandomStream(new RandomKey((ulong)number, RandomPurpose.City, 0, (uint)side));
        var rotation = random.NextInt(21) - 10;
        for (var corner = 0; corner < side * side; corner++)
        {
            for (var direction = 0; direction < Steps.Length; direction++)
            {
                headings[corner, direction] = NoStreet;
            }
        }

        for (var corner = 0; corner < side * side; corner++)
        {
            // Streets to the east and north; the other four are the same ones seen from their other end.
            foreach (var direction in (ReadOnlySpan<int>)[0, 1, 2, 3])
            {
                var (open, bend) = (random.NextDouble() < (direction % 2 == 0 ? StraightStreets : DiagonalStreets), random.NextInt(11) - 5);
                if (open && Neighbour(corner, direction) is { } other)
                {
                    var heading = ((45 * direction) + rotation + bend + 360) % 360;
                    (headings[corner, direction], headings[other, direction + 4]) = (heading, (heading + 180) % 360);
                }
            }

            var landmark = new Landmark((number % 2 * (Names / 2)) + random.NextInt(Names / 2), random.NextInt(360));
            landmarks[corner] = random.NextDouble() < Landmarks ? landmark : null;
        }
    }

    /// <summary>Heading of a direction that has no street.</summary>
    public const int NoStreet = -1;

    public int Number { get; }

    /// <summary>Corners along each side.</summary>
    public int Side { get; }

    public int Corners => Side * Side;

    /// <summary>The city of a number; made once, safe to call from any thread.</summary>
    public static City Of(int number, int side) => Cities.GetOrAdd((number, side), static key => new Lazy<City>(() => new City(key.Number, key.Side))).Value;

    public static int Directions => Steps.Length;

    public Landmark? LandmarkAt(int corner) => landmarks[corner];

    /// <summary>Heading of the street that leaves a corner in a direction (0: north, clockwise), or <see cref="NoStreet"/>.</summary>
    public int Heading(int corner, int direction) => headings[corner, direction];

    /// <summary>The corner next to one in a direction, or null at the edge of the city.</summary>
    public int? Neighbour(int corner, int direction)
    {
        var (x, y) = ((corner % Side) + Steps[direction].X, (corner / Side) + Steps[direction].Y);
        return x >= 0 && x < Side && y >= 0 && y < Side ? (y * Side) + x : null;
    }

    /// <summary>Latitude and longitude of a corner: blocks of a thousandth of a degree.</summary>
    public Geocode Geocode(int corner) => new(40 + (Number % 100 * 0.1) + (corner / Side * 0.001), -74 + (corner % Side * 0.001));
}
