using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Crescent.Kernels.Jobs;
using Crescent.Kernels.Tasks;

namespace Crescent.Abstractions.Experiments;

/// <summary>
/// What may stand where in the document of an experiment, read off the spec records themselves. It differs from their canonical JSON in two ways: <c>seed</c>, <c>model</c> and <c>task</c> stand once, at the top, and <c>preset</c> may name the values left out.
/// </summary>
internal abstract record SpecShape
{
    /// <summary>Fields that stand at the top and are handed to the run specs of the stages.</summary>
    public static IReadOnlyList<string> Shared { get; } = ["seed", "model", "task"];

    public const string Preset = "preset";

    /// <summary>Stands in resolved specs, never in documents.</summary>
    private const string Origin = "origin";

    /// <summary>The whole document.</summary>
    public static ObjectShape Document { get; } = Of(typeof(ExperimentSpec), top: true) as ObjectShape ?? throw new InvalidOperationException("An experiment is an object.");

    private static SpecShape Of(Type type, bool top = false)
    {
        if (type == typeof(TaskSpec))
        {
            return new KindShape([.. TaskKinds.All.Select(kind => KeyValuePair.Create(kind.Name, (ObjectShape)Of(kind.Spec)))]);
        }

        var info = JobJson.Options.GetTypeInfo(type);
        if (info.Kind == JsonTypeInfoKind.Object)
        {
            var fields = info.Properties
                .Where(property => property.Set is not null || property.AssociatedParameter is not null)
                .Where(property => top ? property.Name != Origin : !Shared.Contains(property.Name))
                .Select(property => new SpecField(property.Name, Of(property.PropertyType), property.IsRequired || property.AssociatedParameter is { HasDefaultValue: false }))
                .ToList();
            return new ObjectShape(top ? [.. fields, new SpecField(Preset, new ScalarShape(typeof(string)), Required: false)] : fields);
        }

        return info.Kind == JsonTypeInfoKind.Enumerable && info.ElementType is { } item ? new ListShape(Of(item)) : new ScalarShape(type);
    }
}

/// <summary>One of several objects, told apart by the field <c>kind</c>; without it the first is meant.</summary>
/// <param name="Kinds">The fields of each kind, <c>kind</c> aside.</param>
internal sealed record KindShape(IReadOnlyList<KeyValuePair<string, ObjectShape>> Kinds) : SpecShape
{
    public const string Field = TaskKinds.Field;

    public IReadOnlyList<string> Names => [.. Kinds.Select(kind => kind.Key)];

    /// <summary>The shape of a value, <c>kind</c> included, or null where it names no kind there is.</summary>
    public ObjectShape? Find(JsonObject value) =>
        Kinds.FirstOrDefault(kind => kind.Key == Name(value)).Value is { } shape ? new ObjectShape([new SpecField(Field, new ScalarShape(typeof(string)), Required: false), .. shape.Fields]) : null;

    /// <summary>The kind that a value names; null where that is no text.</summary>
    public static string? Name(JsonObject value) => value[Field] switch
    {
        null => TaskKinds.All[0].Name,
        JsonValue name when name.GetValueKind() == JsonValueKind.String => name.GetValue<string>(),
        _ => null,
    };
}

internal sealed record SpecField(string Name, SpecShape Shape, bool Required);

internal sealed record ObjectShape(IReadOnlyList<SpecField> Fields) : SpecShape
{
    public SpecField? Find(string name) => Fields.FirstOrDefault(field => field.Name == name);
}

internal sealed record ListShape(SpecShape Item) : SpecShape;

/// <summary>Text, number, switch or a choice among names.</summary>
internal sealed record ScalarShape(Type Type) : SpecShape
{
    /// <summary>The type without its question mark.</summary>
    public Type Plain { get; } = Nullable.GetUnderlyingType(Type) ?? Type;

    public bool Optional => Nullable.GetUnderlyingType(Type) is not null;

    /// <summary>The names that an enum may take; empty for other types.</summary>
    public IReadOnlyList<string> Choices => Plain.IsEnum
        ? [.. ((IEnumerable)Enum.GetValues(Plain)).Cast<object>().Select(value => JsonSerializer.SerializeToNode(value, Plain, JobJson.Options)!.GetValue<string>())]
        : [];

    /// <summary>For people: <c>a whole number</c>.</summary>
    public string Description =>
        Plain == typeof(string) ? "text"
        : Plain == typeof(bool) ? "true or false"
        : Plain == typeof(int) ? "a whole number"
        : Plain == typeof(ulong) ? "a whole number, 0 or more"
        : Plain == typeof(double) ? "a number"
        : $"one of {string.Join(", ", Choices)}";
}
