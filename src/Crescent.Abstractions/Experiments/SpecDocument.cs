using System.Text.Json;
using System.Text.Json.Nodes;
using Crescent.Kernels.Jobs;

namespace Crescent.Abstractions.Experiments;

/// <summary>
/// The two forms of an experiment: the document that people write (seed, model and task once; what is left out comes from the preset) and the resolved spec, whose canonical JSON carries everything everywhere.
/// </summary>
internal static class SpecDocument
{
    /// <summary>The document of a resolved spec: reading it gives the spec again.</summary>
    public static JsonObject Of(ExperimentSpec spec)
    {
        var document = (JsonObject)JsonSerializer.SerializeToNode(spec, JobJson.Options)!;
        foreach (var run in RunSpecs(document))
        {
            foreach (var name in SpecShape.Shared)
            {
                run.Remove(name);
            }
        }

        return (JsonObject)Keep(document, SpecShape.Document)!;
    }

    /// <summary>Hands seed, model and task to the run specs of a whole document, and the evaluation to the interventions where they do not set their own.</summary>
    public static ExperimentSpec Resolve(JsonObject document)
    {
        var whole = (JsonObject)document.DeepClone();
        if (whole["interventions"]?["run"] is JsonObject interventions)
        {
            interventions["evaluation"] = Merge(whole["evaluation"], interventions["evaluation"]);
        }

        foreach (var run in RunSpecs(whole))
        {
            foreach (var name in SpecShape.Shared.Where(name => name != "task" || TakesTask(run)))
            {
                run[name] = whole[name]?.DeepClone();
            }
        }

        return JobJson.Read<ExperimentSpec>(whole.ToJsonString());
    }

    /// <summary>What <paramref name="over"/> says, and <paramref name="under"/> where it says nothing. Objects merge field by field, where they are of one kind; anything else is replaced whole.</summary>
    public static JsonNode? Merge(JsonNode? under, JsonNode? over)
    {
        if (under is not JsonObject below || over is not JsonObject above || (above.ContainsKey(KindShape.Field) && KindShape.Name(above) != KindShape.Name(below)))
        {
            return (over ?? under)?.DeepClone();
        }

        var merged = (JsonObject)below.DeepClone();
        foreach (var (name, value) in above)
        {
            merged[name] = value is null ? null : Merge(below[name], value);
        }

        return merged;
    }

    private static IEnumerable<JsonObject> RunSpecs(JsonObject document) => new[]
    {
        document["base"],
        document["sft"],
        document["evaluation"],
        document["recovery"]?["run"],
        document["spectra"]?["run"],
        document["interventions"]?["run"],
        document["interventions"]?["run"]?["evaluation"],
    }.OfType<JsonObject>();

    /// <summary>Spectra and interventions look at weights; they have no task of their own.</summary>
    private static bool TakesTask(JsonObject run) => run.GetPath() is not ("$.spectra.run" or "$.interventions.run");

    /// <summary>Leaves out what a document does not carry: values that are computed from others.</summary>
    private static JsonNode? Keep(JsonNode? node, SpecShape shape) => (node, shape) switch
    {
        (JsonObject value, ObjectShape fields) => new JsonObject(fields.Fields.Where(field => value.ContainsKey(field.Name)).Select(field => KeyValuePair.Create(field.Name, Keep(value[field.Name], field.Shape)))),
        (JsonObject value, KindShape kinds) when kinds.Find(value) is { } fields => Keep(value, fields),
        (JsonArray list, ListShape items) => new JsonArray([.. list.Select(item => Keep(item, items.Item))]),
        _ => node?.DeepClone(),
    };
}
