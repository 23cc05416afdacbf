using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crescent.Kernels.Jobs;
using Orleans.Storage;

namespace Crescent.Grains.State;

/// <summary>Stores grain state as <c>{"state":"crescent.run","version":1,"value":{...}}</c>. Orleans' own serializer writes the names of assemblies and classes, which a rename breaks.</summary>
public sealed class StateSerializer : IGrainStorageSerializer
{
    public BinaryData Serialize<T>(T? input)
    {
        var (name, version) = Shape(typeof(T));
        return new BinaryData(new JsonObject { ["state"] = name, ["version"] = version, ["value"] = JsonSerializer.SerializeToNode(input, JobJson.Options) }.ToJsonString(JobJson.Options));
    }

    /// <summary>Reads what this version has stored, and what older ones have, by <see cref="StateUpgrades"/>.</summary>
    /// <exception cref="CrescentException"><c>state-unreadable</c>: written by another program, or by a newer version of this one.</exception>
    public T? Deserialize<T>(BinaryData input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var (name, version) = Shape(typeof(T));
        try
        {
            var stored = JsonNode.Parse(input)!.AsObject();
            var value = stored["state"]?.GetValue<string>() == name && stored["version"]?.GetValue<int>() is { } from && from <= version ? StateUpgrades.Apply(stored["value"], name, from, version) : null;
            return value is not null
                ? value.Deserialize<T>(JobJson.Options)
                : throw new CrescentException("state-unreadable", $"Stored state is {stored["state"]} version {stored["version"]}; this program reads {name} up to version {version}. Start the version that wrote it, or use another data folder.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException)
        {
            throw new CrescentException("state-unreadable", $"Stored state of {name} is damaged: {e.Message}", inner: e);
        }
    }

    private static (string Name, int Version) Shape(Type type) => type.GetCustomAttribute<StoredAsAttribute>() is { } shape
        ? (shape.Name, shape.Version)
        : throw new InvalidOperationException($"{type.Name} has no [StoredAs] and cannot be stored.");
}
