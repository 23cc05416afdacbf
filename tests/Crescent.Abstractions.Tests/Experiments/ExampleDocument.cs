using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Crescent.Abstractions.Tests.Experiments;

/// <summary>Reads the examples that ship with the project: YAML with numbers, switches and text only.</summary>
internal static class ExampleDocument
{
    public static string Path(string name) => System.IO.Path.Combine(AppContext.BaseDirectory, "examples", name);

    public static JsonNode? Read(string name)
    {
        var stream = new YamlStream();
        using var reader = new StreamReader(Path(name));
        stream.Load(reader);
        return Node(stream.Documents[0].RootNode);
    }

    private static JsonNode? Node(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(pair => KeyValuePair.Create(((YamlScalarNode)pair.Key).Value!, Node(pair.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Node)]),
        YamlScalarNode { Value: "true" or "false" } flag => JsonValue.Create(flag.Value == "true"),
        YamlScalarNode { Value: { } text } when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(whole),
        YamlScalarNode { Value: { } text } when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
        YamlScalarNode { Value: { } text } => JsonValue.Create(text),
        _ => null,
    };
}
