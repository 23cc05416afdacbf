using System.Security.Cryptography;
using System.Text;
using Crescent.Kernels.Randomness;

namespace Crescent.Kernels.Tasks.Virl;

/// <summary>The routes of a generated city. A quarter of all paths, by hash, is kept for evaluation: no training walks them.</summary>
internal sealed class RouteMap(City city, int mostLegs)
{
    public const int LeastLegs = 2;
    private const int EvaluationPart = 4;

    /// <summary>A route to train on.</summary>
    public Route Draw(RandomStream random)
    {
        while (true)
        {
            if (Walk(random) is { } route && !IsEvaluated(route))
            {
                return route;
            }
        }
    }

    /// <summary>Different routes kept for evaluation, the same for every experiment.</summary>
    /// <exception cref="CrescentException"><c>spec-invalid</c>: the city has fewer.</exception>
    public IReadOnlyList<Route> Evaluated(int wanted)
    {
        var routes = new List<Route>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var attempts = 1000 + (200 * wanted);
        for (var attempt = 0; routes.Count < wanted && attempt < attempts; attempt++)
        {
            var random = new RandomStream(new RandomKey((ulong)city.Number, RandomPurpose.City, (uint)attempt + 1, (uint)city.Side));
            if (Walk(random) is { } route && IsEvaluated(route) && seen.Add(route.Key))
            {
                routes.Add(route);
            }
        }

        return routes;
    }

    private static bool IsEvaluated(Route route) => SHA256.HashData(Encoding.ASCII.GetBytes(route.Key))[0] % EvaluationPart == 0;

    /// <summary>A walk without turning back or crossing itself, to a landmark seen nowhere else on the way; null where it gets stuck.</summary>
    private Route? Walk(RandomStream random)
    {
        var legs = LeastLegs + random.NextInt(mostLegs - LeastLegs + 1);
        var corner = random.NextInt(city.Corners);
        var initial = random.NextInt(360);
        var walked = new List<Leg>();
        var corners = new List<int> { corner };
        for (var leg = 0; leg < legs; leg++)
        {
            var open = Enumerable.Range(0, City.Directions).Where(direction => city.Heading(corners[^1], direction) != City.NoStreet && !corners.Contains(city.Neighbour(corners[^1], direction)!.Value)).ToList();
            if (open.Count == 0)
            {
                return null;
            }

            var direction = open[random.NextInt(open.Count)];
            var heading = city.Heading(corners[^1], direction);
            corners.Add(city.Neighbour(corners[^1], direction)!.Value);
            walked.Add(new Leg(heading, See(corners[^1], heading)));
        }

        var destination = walked[^1].At;
        return destination is not null && walked.SkipLast(1).All(leg => leg.At?.Name != destination.Name)
            ? new Route($"{city.Number}:{string.Join('-', corners)}", initial, walked) { Geocodes = [.. corners.Select(city.Geocode)] }
            : null;
    }

    private Sight? See(int corner, int heading) =>
        city.LandmarkAt(corner) is { } landmark ? new Sight(landmark.Name, (Compass.Wrap(landmark.Bearing - heading) + 360 + 45) / 90 % 4) : null;
}
