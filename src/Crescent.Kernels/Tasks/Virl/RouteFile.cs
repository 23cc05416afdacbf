using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crescent.Kernels.Jobs;

namespace Crescent.Kernels.Tasks.Virl;

/// <summary>
/// The routes of the original's data: <c>route_infos.json</c>, a list of two, routes and their number. Of a route it uses <c>init_heading</c>, <c>start_place.relocated_geocode</c>, <c>route_results.geocode_list</c> (intersections, then the destination) and <c>milestone_info</c>,
/// a text with one block in braces for each leg: its heading, <c>177 (south)</c>, and the landmarks where it ends. Street views and <c>gps_pano_mapping.pkl</c> belong to the vision form and are not read.
/// </summary>
public static class RouteFile
{
    public const int MaxBytes = 64 << 20;
    public const int MaxRoutes = 10_000;
    public const int MaxLegs = 64;
    private const int MaxProblems = 20;
    private static readonly string[] Sides = ["ahead", "on your right", "behind you", "on your left"];

    /// <summary>Reads routes strictly. Landmarks are text there; within a route each distinct text gets a name of its own.</summary>
    /// <exception cref="CrescentException"><c>routes-invalid</c>, with a <see cref="SpecProblem"/> for each of the first things wrong.</exception>
    public static IReadOnlyList<Route> Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var bytes = ReadLimited(stream);
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 32, AllowDuplicateProperties = false });
        }
        catch (JsonException e)
        {
            throw Invalid([new SpecProblem(string.Empty, $"Not JSON: {e.Message} Give the original's route_infos.json.")], e);
        }

        using (document)
        {
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Array || root.GetArrayLength() != 2 || root[0].ValueKind != JsonValueKind.Array || root[1].ValueKind != JsonValueKind.Number)
            {
                throw Invalid([new SpecProblem(string.Empty, "Expected a list of two: the routes, and how many they are.")]);
            }

            var count = root[0].GetArrayLength();
            if (count is 0 or > MaxRoutes || !root[1].TryGetInt32(out var said) || said != count)
            {
                throw Invalid([new SpecProblem("[1]", $"Says {root[1].GetRawText()} routes, the list has {count}; 1 to {MaxRoutes} are read, and the two must agree.")]);
            }

            var problems = new List<SpecProblem>();
            var routes = new List<Route>();
            var number = 0;
            foreach (var route in root[0].EnumerateArray())
            {
                try
                {
                    routes.Add(new RouteReader($"[0][{number}]", route).Read(number));
                }
                catch (RouteProblemException e) when (problems.Count < MaxProblems)
                {
                    problems.Add(e.Problem);
                }

                number++;
            }

            return problems.Count == 0 ? routes : throw Invalid(problems);
        }
    }

    /// <summary>Writes routes in the same shape, as far as <see cref="Read"/> uses it.</summary>
    public static void Write(Stream stream, IReadOnlyList<Route> routes)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(routes);
        var list = new JsonArray([.. routes.Select(Write)]);
        JsonSerializer.Serialize(stream, new JsonArray(list, JsonValue.Create(routes.Count)), JobJson.Indented);
    }

    private static JsonNode Write(Route route)
    {
        if (route.Geocodes.Count != route.Legs.Count + 1)
        {
            throw new ArgumentException($"Route {route.Key} does not know its places.", nameof(route));
        }

        var blocks = route.Legs.Select((leg, i) => string.Create(
            CultureInfo.InvariantCulture,
            $"{{\n\"milestone_id\": {i},\n\"landmarks\": \"{(leg.At is { } at ? $"L{at.Name + 1} is {Sides[at.Side]}" : RouteReader.NoLandmark)}\",\n\"to_next_intersection_heading\": \"{leg.Heading} ({Compass.Points[Compass.Point(leg.Heading)]})\",\n}}"));
        return new JsonObject
        {
            ["start_place"] = new JsonObject { ["relocated_geocode"] = Pair(route.Geocodes[0]) },
            ["dest_place"] = new JsonObject { ["relocated_geocode"] = Pair(route.Geocodes[^1]) },
            ["init_heading"] = route.InitialHeading,
            ["milestone_info"] = string.Join('\n', blocks),
            ["route_results"] = new JsonObject
            {
                ["geocode_list"] = new JsonArray([.. route.Geocodes.Skip(1).Select(Pair)]),
                ["landmark_list"] = new JsonArray(),
            },
        };
    }

    private static JsonArray Pair(Geocode place) => new(place.Latitude, place.Longitude);

    private static byte[] ReadLimited(Stream stream)
    {
        using var copy = new MemoryStream();
        var buffer = new byte[81_920];
        for (var read = stream.Read(buffer); read > 0; read = stream.Read(buffer))
        {
            copy.Write(buffer, 0, read);
            if (copy.Length > MaxBytes)
            {
                throw Invalid([new SpecProblem(string.Empty, $"Is larger than {MaxBytes >> 20} MiB, the most that is read. Split it.")]);
            }
        }

        return copy.ToArray();
    }

    private static CrescentException Invalid(IReadOnlyList<SpecProblem> problems, Exception? inner = null) =>
        new("routes-invalid", $"The routes cannot be used: {string.Join("; ", problems.Select(problem => problem.Field.Length == 0 ? problem.Message : $"{problem.Field}: {problem.Message}"))}", inner: inner) { Problems = problems };
}
