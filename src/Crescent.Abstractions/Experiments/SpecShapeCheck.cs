using System.Text.Json;
using System.Text.Json.Nodes;
using Crescent.Kernels.Jobs;

namespace Crescent.Abstractions.Experiments;

/// <summary>Holds a document against its shape: collects every unknown field and wrong type, and keeps the rest, so that its values can be checked too.</summary>
internal sealed class SpecShapeCheck
{
    private readonly List<SpecProblem> problems = [];

    public IReadOnlyList<SpecProblem> Problems => problems;

    /// <summary>A copy without what was refused. Whole numbers where text is expected become text, since YAML writes <c>from: [300, best]</c> without quotes.</summary>
    public JsonNode? Keep(JsonNode? node, SpecShape shape, string path) => shape switch
    {
        ObjectShape fields => KeepObject(node, fields, path),
        ListShape items => KeepList(node, items, path),
        KindShape kinds => KeepKind(node, kinds, path),
        _ => KeepScalar(node, (ScalarShape)shape, path),
    };

    /// <summary>False where a required field is given neither by the document nor by its preset; reports those that the document does not mention at all.</summary>
    public bool Complete(JsonNode? node, SpecShape shape, string path)
    {
        var complete = true;
        switch (node, shape)
        {
            case (JsonObject value, ObjectShape fields):
                foreach (var field in fields.Fields)
                {
                    var inner = Join(path, field.Name);
                    if (value.ContainsKey(field.Name))
                    {
                        complete &= Complete(value[field.Name], field.Shape, inner);
                    }
                    else if (field.Required && inner != InheritedEvaluation)
                    {
                        complete = false;
                        if (!problems.Exists(problem => problem.Field.StartsWith(inner, StringComparison.Ordinal)))
                        {
                            Refuse(inner, Missing(inner));
                        }
                    }
                }

                break;
            case (JsonObject value, KindShape kinds) when kinds.Find(value) is { } fields:
                complete &= Complete(value, fields, path);
                break;
            case (JsonArray list, ListShape items):
                for (var i = 0; i < list.Count; i++)
                {
                    complete &= Complete(list[i], items.Item, $"{path}[{i}]");
                }

                break;
        }

        return complete;
    }

    /// <summary>Where the document says nothing, interventions are evaluated as everything else is.</summary>
    private const string InheritedEvaluation = "interventions.run.evaluation";

    private static string Missing(string field) => field switch
    {
        "version" => "Missing. Write 'version: 1'.",
        "name" or "question" => "Missing. Every experiment says what it is called and what it asks.",
        _ => "Missing. Give it, or name a preset that does ('preset: nano').",
    };

    private JsonObject? KeepObject(JsonNode? node, ObjectShape shape, string path)
    {
        if (node is not JsonObject value)
        {
            Refuse(path, $"Expected an object with fields, found {Describe(node)}. {NearestName.Cure(string.Empty, Names(shape))}");
            return null;
        }

        var kept = new JsonObject();
        foreach (var (name, inner) in value)
        {
            var at = Join(path, name);
            if (shape.Find(name) is not { } field)
            {
                Refuse(at, path.Length > 0 && SpecShape.Shared.Contains(name)
                    ? $"Stands once, at the top, and holds for every stage. Move it there as '{name}'."
                    : $"Unknown field. {NearestName.Cure(name, Names(shape))}");
            }
            else if (Keep(inner, field.Shape, at) is { } keep)
            {
                kept[name] = keep;
            }
            else if (field.Shape is ScalarShape { Optional: true } && inner is null)
            {
                kept[name] = null;
            }
        }

        return kept;
    }

    private JsonObject? KeepKind(JsonNode? node, KindShape kinds, string path)
    {
        if (node is JsonObject value && kinds.Find(value) is null)
        {
            Refuse(Join(path, KindShape.Field), $"There is no {path} of the kind {Describe(value[KindShape.Field])}. {NearestName.Cure(KindShape.Name(value) ?? string.Empty, kinds.Names)}");
            return null;
        }

        return KeepObject(node, (node is JsonObject known ? kinds.Find(known) : null) ?? kinds.Kinds[0].Value, path);
    }

    private JsonArray? KeepList(JsonNode? node, ListShape shape, string path)
    {
        if (node is not JsonArray list)
        {
            Refuse(path, $"Expected a list, found {Describe(node)}. Write it in brackets: [ ... ].");
            return null;
        }

        var before = problems.Count;
        var kept = list.Select((item, i) => Keep(item, shape.Item, $"{path}[{i}]")).ToArray();
        return problems.Count > before ? null : new JsonArray(kept);
    }

    private JsonNode? KeepScalar(JsonNode? node, ScalarShape shape, string path)
    {
        if (node is null)
        {
            if (!shape.Optional)
            {
                Refuse(path, $"Expected {shape.Description}, found nothing. Give a value, or leave the field out.");
            }

            return null;
        }

        if (shape.Plain == typeof(string) && node.GetValueKind() == JsonValueKind.Number && node.ToJsonString() is var digits && digits.All(char.IsAsciiDigit))
        {
            return JsonValue.Create(digits);
        }

        try
        {
            node.Deserialize(shape.Plain, JobJson.Options);
            return node.DeepClone();
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            Refuse(path, shape.Choices is { Count: > 0 } choices && node.GetValueKind() == JsonValueKind.String && NearestName.Find(node.GetValue<string>(), choices) is { } nearest
                ? $"Expected {shape.Description}, found {Describe(node)}. Did you mean '{nearest}'?"
                : $"Expected {shape.Description}, found {Describe(node)}.");
            return null;
        }
    }

    private void Refuse(string field, string message) => problems.Add(new SpecProblem(field, message));

    private static List<string> Names(ObjectShape shape) => [.. shape.Fields.Select(field => field.Name)];

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static string Describe(JsonNode? node) => node?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "nothing",
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String when node.GetValue<string>() is { Length: > 40 } text => $"'{text[..40]}...'",
        JsonValueKind.String => $"'{node.GetValue<string>()}'",
        _ => node.ToJsonString(),
    };
}
