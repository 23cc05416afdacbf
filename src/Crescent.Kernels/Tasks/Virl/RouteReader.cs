using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Crescent.Kernels.Tasks.Virl;

/// <summary>Reads one route of a <see cref="RouteFile"/>.</summary>
internal sealed partial class RouteReader(string path, JsonElement route)
{
    /// <summary>What the original writes where nothing is seen.</summary>
    public const string NoLandmark = "No landmark nearby";

    /// <exception cref="RouteProblemException">Something in it is not as it should be.</exception>
    public Route Read(int number)
    {
        if (route.ValueKind != JsonValueKind.Object)
        {
            throw Problem(string.Empty, "Expected an object.");
        }

        var start = Place(Field(Field(route, "start_place", JsonValueKind.Object), "start_place.relocated_geocode", JsonValueKind.Array), "start_place.relocated_geocode");
        var list = Field(Field(route, "route_results", JsonValueKind.Object), "route_results.geocode_list", JsonValueKind.Array);
        var places = list.GetArrayLength();
        if (places is 0 or > RouteFile.MaxLegs)
        {
            throw Problem("route_results.geocode_list", $"Has {places} places; 1 to {RouteFile.MaxLegs} are read.");
        }

        var geocodes = list.EnumerateArray().Select((place, i) => Place(place, $"route_results.geocode_list[{i}]")).Prepend(start).ToArray();
        var blocks = Blocks(Field(route, "milestone_info", JsonValueKind.String).GetString()!);
        if (blocks.Count != places)
        {
            throw Problem("milestone_info", $"Has {blocks.Count} milestones for {places} places; each place needs one.");
        }

        var names = new List<string>();
        var legs = blocks.Select((block, i) => Leg(block, i, names)).ToArray();
        if (legs[^1].At is null)
        {
            throw Problem("milestone_info", "The destination has no landmark, so nobody could know where to stop.");
        }

        return new Route(string.Create(CultureInfo.InvariantCulture, $"file:{number}"), InitialHeading(), legs) { Geocodes = geocodes };
    }

    private int InitialHeading()
    {
        if (!route.TryGetProperty("init_heading", out var heading))
        {
            return 0;
        }

        return heading.ValueKind == JsonValueKind.Number && heading.TryGetDouble(out var degrees) && degrees is >= 0 and <= 360
            ? (int)Math.Round(degrees) % 360
            : throw Problem("init_heading", $"Is {heading.GetRawText()}; a heading is a number from 0 to 360.");
    }

    private Leg Leg(Dictionary<string, string> block, int number, List<string> names)
    {
        var field = string.Create(CultureInfo.InvariantCulture, $"milestone_info.{number}");
        if (!block.TryGetValue("to_next_intersection_heading", out var text))
        {
            throw Problem($"{field}.to_next_intersection_heading", "Missing. Each milestone has one, such as '177 (south)'.");
        }

        if (HeadingText().Match(text) is not { Success: true } match || int.Parse(match.Groups["degrees"].Value, CultureInfo.InvariantCulture) is var heading && heading > 360)
        {
            throw Problem($"{field}.to_next_intersection_heading", $"'{Short(text)}' is no heading; write it as '177 (south)'.");
        }

        var point = Compass.Points.ToList().IndexOf(match.Groups["point"].Value);
        if (Math.Abs(Compass.Wrap(heading - (45 * point))) > 45)
        {
            throw Problem($"{field}.to_next_intersection_heading", $"'{Short(text)}' contradicts itself: {heading} degrees are {Compass.Points[Compass.Point(heading)]}.");
        }

        var landmark = block.GetValueOrDefault("landmarks", NoLandmark);
        return new Leg(heading % 360, landmark.StartsWith("No landmark", StringComparison.Ordinal) ? null : new Sight(Name(landmark, names, field), Side(landmark)));
    }

    /// <summary>The number that a generated landmark carries, otherwise the first one free in this route.</summary>
    private int Name(string landmark, List<string> names, string field)
    {
        if (GeneratedName().Match(landmark) is { Success: true } match && int.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture) is >= 1 and <= City.Names and var number)
        {
            return number - 1;
        }

        if (!names.Contains(landmark, StringComparer.Ordinal))
        {
            names.Add(landmark);
        }

        return names.IndexOf(landmark) is var at && at < City.Names ? at : throw Problem($"{field}.landmarks", $"Is the {at + 1}th different landmark of the route; {City.Names} have a name.");
    }

    private static int Side(string landmark) =>
        landmark.Contains("right", StringComparison.OrdinalIgnoreCase) ? 1 : landmark.Contains("behind", StringComparison.OrdinalIgnoreCase) ? 2 : landmark.Contains("left", StringComparison.OrdinalIgnoreCase) ? 3 : 0;

    /// <summary>The blocks in braces, each with one <c>"key": "value"</c> a line.</summary>
    private List<Dictionary<string, string>> Blocks(string text)
    {
        var blocks = new List<Dictionary<string, string>>();
        foreach (var block in text.Split('}', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var fields = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var line in block.TrimStart(',', ' ', '\n', '\r', '{').Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                var colon = line.IndexOf(':', StringComparison.Ordinal);
                if (colon < 0)
                {
                    throw Problem("milestone_info", $"The line '{Short(line)}' is not of the form \"key\": \"value\".");
                }

                fields[line[..colon].Trim(' ', '"', '\'')] = line[(colon + 1)..].Trim().TrimEnd(',').Trim(' ', '"', '\'');
            }

            if (fields.Count > 0)
            {
                blocks.Add(fields);
            }
        }

        return blocks;
    }

    private Geocode Place(JsonElement pair, string field)
    {
        if (pair.ValueKind == JsonValueKind.Array && pair.GetArrayLength() == 2 && pair[0].ValueKind == JsonValueKind.Number && pair[1].ValueKind == JsonValueKind.Number)
        {
            var (latitude, longitude) = (pair[0].GetDouble(), pair[1].GetDouble());
            if (Math.Abs(latitude) <= 90 && Math.Abs(longitude) <= 180)
            {
                return new Geocode(latitude, longitude);
            }
        }

        throw Problem(field, $"{Short(pair.GetRawText())} is no place; write [latitude, longitude] in degrees.");
    }

    /// <param name="name">Its path in the route; the last part names the field.</param>
    private JsonElement Field(JsonElement parent, string name, JsonValueKind kind) =>
        parent.TryGetProperty(name.Split('.')[^1], out var field) && field.ValueKind == kind ? field : throw Problem(name, $"Missing, or no {kind.ToString().ToLowerInvariant()}.");

    private RouteProblemException Problem(string field, string message) => new(new SpecProblem(field.Length == 0 ? path : $"{path}.{field}", message));

    private static string Short(string text) => text.Length > 60 ? text[..60] + "..." : text;

    [GeneratedRegex("""^(?<degrees>[0-9]{1,3}) ?\((?<point>north|northeast|east|southeast|south|southwest|west|northwest)\)$""", RegexOptions.CultureInvariant)]
    private static partial Regex HeadingText();

    [GeneratedRegex("""^L(?<number>[0-9]{1,2}) is """, RegexOptions.CultureInvariant)]
    private static partial Regex GeneratedName();
}

/// <summary>What is wrong with a route, on its way to the list of all such things.</summary>
internal sealed class RouteProblemException(SpecProblem problem) : Exception(problem.Message)
{
    public SpecProblem Problem { get; } = problem;
}
