using System.Text.Json.Nodes;
using Crescent.Abstractions.Experiments;
using Crescent.Kernels.Jobs;

namespace Crescent.Abstractions.Studies;

/// <summary>The JSON schema (draft 2020-12) of the document of a study, for editors and for other programs; published as <c>docs/examples/study.schema.json</c>.</summary>
public static class StudySchema
{
    private const string Experiment = "#/$defs/experiment";

    /// <summary>The schema as indented text that ends in a line feed.</summary>
    public static string Write()
    {
        var schema = Object(
            ["version", "name", "question", "base", "seeds"],
            ("version", new JsonObject { ["const"] = 1 }),
            ("name", Text(StudySpecReader.MaxName)),
            ("question", Text(StudySpecReader.MaxQuestion)),
            ("base", Part()),
            ("axes", List(new JsonObject { ["anyOf"] = new JsonArray(Grid(), Named()) }, 0, StudySpecReader.MaxAxes)),
            ("seeds", Seeds()),
            ("maxRunning", Count()),
            ("maxJobs", Count()));
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", "Crescent study");
        schema["$defs"] = new JsonObject { ["experiment"] = ExperimentSchema.Part(StudySpecReader.AtTop) };
        return schema.ToJsonString(JobJson.Indented) + "\n";
    }

    /// <summary>A field with its values.</summary>
    private static JsonObject Grid() => Object(["field", "values"], ("field", Text(StudySpecReader.MaxField)), ("values", List([], 1, StudySpecReader.MaxChoices)), ("name", new JsonObject { ["type"] = "string" }));

    /// <summary>Named changes.</summary>
    private static JsonObject Named()
    {
        var variant = Object(["name"], ("name", new JsonObject { ["type"] = new JsonArray("string", "number", "boolean") }), ("changes", Part()));
        return Object(["name", "variants"], ("name", new JsonObject { ["type"] = "string" }), ("variants", List(variant, 1, StudySpecReader.MaxChoices)));
    }

    private static JsonObject Seeds()
    {
        var seeds = List(new JsonObject { ["type"] = "integer", ["minimum"] = 0 }, 1, StudySpecReader.MaxSeeds);
        seeds["uniqueItems"] = true;
        return seeds;
    }

    private static JsonObject Part() => new() { ["$ref"] = Experiment };

    private static JsonObject Text(int most) => new() { ["type"] = "string", ["minLength"] = 1, ["maxLength"] = most };

    private static JsonObject Count() => new() { ["type"] = "integer", ["minimum"] = 1, ["maximum"] = StudySpecReader.MaxAtOnce };

    private static JsonObject List(JsonObject items, int least, int most) => new() { ["type"] = "array", ["items"] = items, ["minItems"] = least, ["maxItems"] = most };

    private static JsonObject Object(IReadOnlyList<string> required, params (string Name, JsonObject Schema)[] fields) => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject(fields.Select(field => KeyValuePair.Create(field.Name, (JsonNode?)field.Schema))),
        ["additionalProperties"] = false,
        ["required"] = new JsonArray([.. required.Select(name => JsonValue.Create(name))]),
    };
}
