using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Crescent.Kernels.Tasks;

/// <summary>Task specs in JSON: the options of the task, after <c>kind</c> for every task but GeneralPoints, whose specs are older than the field and keep their bytes.</summary>
internal sealed class TaskSpecConverter : JsonConverter<TaskSpec>
{
    public override TaskSpec Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var fields = JsonNode.Parse(ref reader) as JsonObject ?? throw new JsonException("A task is an object.");
        var kind = TaskKinds.GeneralPoints;
        if (fields[TaskKinds.Field] is { } named)
        {
            kind = named.GetValueKind() == JsonValueKind.String ? named.GetValue<string>() : throw new JsonException("The kind of a task is text.");
            fields.Remove(TaskKinds.Field);
        }

        var type = TaskKinds.Find(kind) ?? throw new JsonException($"There is no task '{kind}'.");
        return (TaskSpec)fields.Deserialize(type, options)!;
    }

    public override void Write(Utf8JsonWriter writer, TaskSpec value, JsonSerializerOptions options)
    {
        var fields = (JsonObject)JsonSerializer.SerializeToNode(value, value.GetType(), options)!;
        if (value.Kind != TaskKinds.GeneralPoints)
        {
            fields.Insert(0, TaskKinds.Field, JsonValue.Create(value.Kind));
        }

        fields.WriteTo(writer, options);
    }
}
