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

    /// <exception cref="CrescentException"><c>state-unreadable</c>: written by another program, or by a newer version of this one.</exception>
    public T? Deserialize<T>(BinaryData input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var (name, version) = Shape(typeof(T));
        try
        {
            var stored = JsonNode.Parse(input)!.AsObject();
            if (stored["state"]?.GetValue<string>() != name || stored["version"]?.GetValue<int>() != version)
            {
                throw new CrescentException("state-unreadable", $"Stored state is {stored["state"]} version {stored["version"]}; this program reads {name} version {version}. Start the version that wrote it, or use another data folder.");
            }

            return stored["value"].Deserialize<T>(JobJson.Options);
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
