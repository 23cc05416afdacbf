using System.Text.Json.Nodes;
using Crescent.Abstractions.Experiments;

namespace Crescent.Grains.State;

/// <summary>Brings stored states of older versions to the next one, step by step. A released version's step stays for good.</summary>
internal static class StateUpgrades
{
    private static readonly Dictionary<(string State, int From), Action<JsonObject>> Steps = new()
    {
        [("crescent.experiment", 1)] = MarkCompleted,
    };

    /// <summary>The value as the version wanted would have stored it; null where no step leads there.</summary>
    public static JsonNode? Apply(JsonNode? value, string state, int from, int to)
    {
        var upgraded = value?.DeepClone();
        for (var version = from; version < to; version++)
        {
            if (upgraded is not JsonObject fields || !Steps.TryGetValue((state, version), out var step))
            {
                return null;
            }

            step(fields);
        }

        return upgraded;
    }

    /// <summary>Version 1 had no <c>completed</c>: a job that had said that it was done had ended its run.</summary>
    private static void MarkCompleted(JsonObject record)
    {
        foreach (var run in record["state"]?["runs"]?.AsArray().OfType<JsonObject>() ?? [])
        {
            run["completed"] = run["phase"]?.GetValue<string>() == Phases.Succeeded;
        }
    }
}
