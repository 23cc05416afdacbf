using System.Text;
using Crescent.Kernels.Tasks.Virl;

namespace Crescent.Kernels.Tests.Tasks.Virl;

public sealed class RouteFileTests
{
    private const string Milestones = """{\n\"milestone_id\": 0,\n\"landmarks\": \"Bar Pitti is on your right front\",\n\"to_next_intersection_heading\": \"177 (south)\",\n}\n{\n\"to_next_intersection_heading\": \"268 (west)\"\n}\n{\n\"landmarks\": \"Bleecker Playground is on your left\",\n\"to_next_intersection_heading\": \"359 (north)\"\n}""";
    private const string Original = $$$"""
        [[{"start_place": {"name": "a", "relocated_geocode": [40.73, -74.0]}, "dest_place": {"name": "b"}, "init_heading": 12, "milestone_info": "{{{Milestones}}}",
          "route_results": {"geocode_list": [[40.731, -74.001], [40.732, -74.002], [40.733, -74.003]], "landmark_list": [{"name": "x"}]}}], 1]
        """;

    [Fact]
    public void Read_OriginalsShape_GivesTheRoute()
    {
        var route = Assert.Single(Read(Original));
        Assert.Equal(12, route.InitialHeading);
        Assert.Equal([new Leg(177, new Sight(0, 1)), new Leg(268, null), new Leg(359, new Sight(1, 3))], route.Legs);
        Assert.Equal(4, route.Geocodes.Count);
        var rail = Rail.Waypoints(route, points: 0, (_, _) => true);
        Assert.Equal(["right", "right", "right", "stop"], rail.Select(waypoint => Navigation.Text([NavigationDialogue.Action(route, waypoint, ActionRule.Relative)])));
        Assert.Equal(["south", "west", "north", "stop"], rail.Select(waypoint => Navigation.Text([NavigationDialogue.Action(route, waypoint, ActionRule.Absolute)])));
    }

    [Fact]
    public void Read_WrittenRoutesOfACity_AreTheSame()
    {
        var routes = new RouteMap(City.Of(2, 8), 4).Evaluated(50);
        using var stream = new MemoryStream();
        RouteFile.Write(stream, routes);
        stream.Position = 0;
        var read = RouteFile.Read(stream);
        Assert.Equal(routes.Select(route => route.InitialHeading), read.Select(route => route.InitialHeading));
        Assert.Equal(routes.SelectMany(route => route.Legs), read.SelectMany(route => route.Legs));
        Assert.Equal(routes.SelectMany(route => route.Geocodes), read.SelectMany(route => route.Geocodes));
    }

    [Theory]
    [InlineData("", "", "Not JSON")]
    [InlineData("{}", "", "list of two")]
    [InlineData("[[], 0]", "[1]", "1 to")]
    [InlineData("[[1], 1]", "[0][0]", "object")]
    [InlineData("[[1, 2], 3]", "[1]", "agree")]
    public void Read_NoRoutes_NamesFieldAndCure(string text, string field, string message) => Refused(text, field, message);

    [Theory]
    [InlineData("\"init_heading\": 12", "\"init_heading\": 400", "[0][0].init_heading", "0 to 360")]
    [InlineData("\"init_heading\": 12", "\"init_heading\": \"east\"", "[0][0].init_heading", "number")]
    [InlineData("177 (south)", "177 (north)", "[0][0].milestone_info.0.to_next_intersection_heading", "contradicts")]
    [InlineData("177 (south)", "south", "[0][0].milestone_info.0.to_next_intersection_heading", "177 (south)")]
    [InlineData("268 (west)", "999 (west)", "[0][0].milestone_info.1.to_next_intersection_heading", "no heading")]
    [InlineData("\\\"milestone_id\\\": 0", "milestone", "[0][0].milestone_info", "key")]
    [InlineData("[40.731, -74.001], ", "", "[0][0].milestone_info", "3 milestones for 2 places")]
    [InlineData("[40.731, -74.001]", "[140.731, -74.001]", "[0][0].route_results.geocode_list[0]", "latitude")]
    [InlineData("[40.731, -74.001]", "7", "[0][0].route_results.geocode_list[0]", "latitude")]
    [InlineData("\"geocode_list\"", "\"geocodes\"", "[0][0].route_results.geocode_list", "Missing")]
    [InlineData("\"relocated_geocode\"", "\"geocode\"", "[0][0].start_place.relocated_geocode", "Missing")]
    [InlineData("Bleecker Playground is on your left", "No landmark nearby", "[0][0].milestone_info", "destination")]
    [InlineData("\"dest_place\"", "\"start_place\"", "", "Not JSON")]
    public void Read_BrokenRoute_NamesFieldAndCure(string from, string to, string field, string message)
    {
        Assert.Contains(from, Original, StringComparison.Ordinal);
        Refused(Original.Replace(from, to, StringComparison.Ordinal), field, message);
    }

    [Fact]
    public void Read_TooLarge_IsRefusedBeforeItIsParsed()
    {
        using var endless = new Endless();
        Assert.Contains("64 MiB", Assert.Throws<CrescentException>(() => RouteFile.Read(endless)).Message, StringComparison.Ordinal);
    }

    private static void Refused(string text, string field, string message)
    {
        var error = Assert.Throws<CrescentException>(() => Read(text));
        Assert.Equal("routes-invalid", error.Code);
        var problem = Assert.Single(error.Problems);
        Assert.Equal(field, problem.Field);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<Route> Read(string text)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        return RouteFile.Read(stream);
    }

    /// <summary>Blanks without end.</summary>
    private sealed class Endless : MemoryStream
    {
        public override int Read(Span<byte> buffer)
        {
            buffer.Fill((byte)' ');
            return buffer.Length;
        }
    }
}
