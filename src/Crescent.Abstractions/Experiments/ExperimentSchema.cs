using System.Text.Json.Nodes;
using Crescent.Kernels.Jobs;

namespace Crescent.Abstractions.Experiments;

/// <summary>The JSON schema (draft 2020-12) of the document of an experiment, for editors and for other programs; published as <c>docs/examples/experiment.schema.json</c>.</summary>
public static class ExperimentSchema
{
    /// <summary>The schema as indented text that ends in a line feed.</summary>
    public static string Write()
    {
        var schema = Object(SpecShape.Document, "version", "name", "question");
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", "Crescent experiment");
        return schema.ToJsonString(JobJson.Indented) + "\n";
    }

    /// <summary>A part of an experiment's document, as a study's base and changes are, without the fields that stand elsewhere.</summary>
    internal static JsonObject Part(IReadOnlyList<string> without) => Object(new ObjectShape([.. SpecShape.Document.Fields.Where(field => !without.Contains(field.Name))]));

    /// <summary>Objects of a stage may be partial, since the preset fills them up; items of lists stand alone.</summary>
    private static JsonObject Of(SpecShape shape, bool partial) => shape switch
    {
        ObjectShape fields => Object(fields, partial ? [] : [.. fields.Fields.Where(field => field.Required).Select(field => field.Name)]),
        KindShape kinds => new JsonObject { ["anyOf"] = new JsonArray([.. kinds.Kinds.Select((kind, i) => Kind(kind.Key, kind.Value, named: i > 0))]) },
        ListShape items => new JsonObject { ["type"] = "array", ["items"] = Of(items.Item, partial: false) },
        _ => Scalar((ScalarShape)shape),
    };

    private static JsonObject Object(ObjectShape shape, params IReadOnlyList<string> required)
    {
        var schema = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject(shape.Fields.Select(field => KeyValuePair.Create(field.Name, (JsonNode?)(field.Name == SpecShape.Preset ? Choice(ExperimentPresets.Names) : Of(field.Shape, partial: true))))),
            ["additionalProperties"] = false,
        };
        if (required.Count > 0)
        {
            schema["required"] = new JsonArray([.. required.Select(name => JsonValue.Create(name))]);
        }

        return schema;
    }

    private static JsonObject Kind(string name, ObjectShape shape, bool named)
    {
        var schema = named ? Object(shape, KindShape.Field) : Object(shape);
        ((JsonObject)schema["properties"]!).Insert(0, KindShape.Field, new JsonObject { ["const"] = name });
        return schema;
    }

    private static JsonObject Scalar(ScalarShape shape)
    {
        if (shape.Choices.Count > 0)
        {
            var choice = Choice(shape.Choices);
            if (shape.Optional)
            {
                choice["enum"]!.AsArray().Add(null);
            }

            return choice;
        }

        List<string> types = shape.Plain == typeof(string) ? ["string", "integer"] : shape.Plain == typeof(bool) ? ["boolean"] : shape.Plain == typeof(double) ? ["number"] : ["integer"];
        if (shape.Optional)
        {
            types.Add("null");
        }

        JsonNode type = types.Count == 1 ? JsonValue.Create(types[0]) : new JsonArray([.. types.Select(name => JsonValue.Create(name))]);
        var schema = new JsonObject { ["type"] = type };
        if (shape.Plain == typeof(ulong))
        {
            schema["minimum"] = 0;
        }

        return schema;
    }

    private static JsonObject Choice(IReadOnlyList<string> names) => new() { ["enum"] = new JsonArray([.. names.Select(name => JsonValue.Create(name))]) };
}
