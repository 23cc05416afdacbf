using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Crescent.Server.Experiments;

/// <summary>
/// Reads one YAML document as JSON, by the core schema of YAML 1.2: plain <c>null</c>, <c>true</c> and <c>false</c> and plain numbers are values, everything else is text. Anchors, aliases, tags and duplicate keys are refused: a spec has no use for them, and aliases let a small text grow without bound.
/// </summary>
internal static class YamlDocument
{
    private const int MaxDepth = 32;

    /// <exception cref="CrescentException"><c>yaml-invalid</c>, with line and column.</exception>
    public static JsonNode? Read(string text)
    {
        try
        {
            var parser = new Parser(new StringReader(text));
            parser.Consume<StreamStart>();
            if (parser.Accept<StreamEnd>(out _))
            {
                return null;
            }

            parser.Consume<DocumentStart>();
            var node = ReadNode(parser, 0);
            parser.Consume<DocumentEnd>();
            return parser.Accept<StreamEnd>(out _) ? node : throw Invalid(parser.Current!.Start, "a second document begins here; send one experiment at a time");
        }
        catch (YamlException e)
        {
            throw Invalid(e.Start, (e.InnerException?.Message ?? e.Message).TrimEnd('.'), e);
        }
    }

    private static JsonNode? ReadNode(IParser parser, int depth)
    {
        var start = parser.Current!.Start;
        if (parser.Current is NodeEvent node && (!node.Anchor.IsEmpty || (!node.Tag.IsEmpty && !node.Tag.IsNonSpecific)))
        {
            throw Invalid(start, "anchors and tags are not supported; write the value out");
        }

        if (depth > MaxDepth)
        {
            throw Invalid(start, $"nested more than {MaxDepth} deep");
        }

        if (parser.TryConsume<Scalar>(out var scalar))
        {
            return scalar.Style == ScalarStyle.Plain ? Plain(scalar.Value) : JsonValue.Create(scalar.Value);
        }

        if (parser.TryConsume<SequenceStart>(out _))
        {
            var array = new JsonArray();
            while (!parser.TryConsume<SequenceEnd>(out _))
            {
                array.Add(ReadNode(parser, depth + 1));
            }

            return array;
        }

        if (parser.TryConsume<MappingStart>(out _))
        {
            var map = new JsonObject();
            while (!parser.TryConsume<MappingEnd>(out _))
            {
                var key = parser.Current is Scalar ? parser.Consume<Scalar>() : throw Invalid(parser.Current!.Start, "a key must be a name");
                if (map.ContainsKey(key.Value))
                {
                    throw Invalid(key.Start, $"'{key.Value}' stands twice; keep one");
                }

                map[key.Value] = ReadNode(parser, depth + 1);
            }

            return map;
        }

        throw Invalid(start, "aliases are not supported; write the value out");
    }

    private static JsonValue? Plain(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => null,
        "true" or "True" or "TRUE" => JsonValue.Create(true),
        "false" or "False" or "FALSE" => JsonValue.Create(false),
        _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer) => JsonValue.Create(integer),
        _ when ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var large) => JsonValue.Create(large),
        _ when LooksLikeNumber(text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) => JsonValue.Create(number),
        _ => JsonValue.Create(text),
    };

    private static bool LooksLikeNumber(string text) => text.Any(char.IsAsciiDigit) && text.All(c => char.IsAsciiDigit(c) || c is '+' or '-' or '.' or 'e' or 'E');

    private static CrescentException Invalid(Mark at, string what, Exception? inner = null) =>
        new("yaml-invalid", $"The spec is not valid YAML: line {at.Line}, column {at.Column}: {what}.", inner: inner);
}
