using System.Text.Json;
using System.Text.Json.Nodes;
using Crescent.Abstractions.Experiments;
using Crescent.Grains.Experiments;
using Crescent.Kernels.Jobs;
using Crescent.Storage.Experiments;

namespace Crescent.Grains.Tests.Experiments;

/// <summary>Reads a log again: every input in it, through the plan of today.</summary>
internal static class Replay
{
    /// <param name="specs">Every spec that was in force, by hash.</param>
    /// <param name="submitted">Hash of the first one.</param>
    public static (ExperimentState State, IReadOnlyList<ExperimentEvent> Events) Of(IEnumerable<ExperimentEvent> log, IReadOnlyDictionary<string, ExperimentSpec> specs, string submitted)
    {
        var state = new ExperimentState();
        var events = new List<ExperimentEvent>();
        foreach (var cause in log.Select(happened => JsonNode.Parse(happened.Payload)!["cause"]).OfType<JsonNode>())
        {
            var input = cause.Deserialize<ExperimentInput>(JobJson.Options)!;
            var decision = ExperimentPlan.Next(specs[(input as ExtendRequested)?.SpecHash ?? state.SpecHash ?? submitted], state, input);
            state = decision.State;
            events.AddRange(decision.Events);
        }

        return (state, events);
    }
}
