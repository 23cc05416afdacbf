using System.Text.Json.Nodes;
using Crescent.Abstractions.Experiments;
using Crescent.Kernels.Jobs;
using Crescent.Kernels.Studies;

namespace Crescent.Abstractions.Studies;

/// <summary>What the claims of a study need to know of a cell, from the spec of any of its experiments.</summary>
public static class StudySettings
{
    private static readonly string[] Own = ["name", "question", "seed"];
    private static readonly string[] Objective = ["sft", "objective"];
    private static readonly string[] Tries = ["recovery", "run", "tries"];

    public static StudySetting Of(ExperimentSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return new StudySetting(spec.Sft.Objective.Name, spec.Recovery.Run.Tries, Besides(spec, Objective), Besides(spec, Tries), spec.Claims.Criteria);
    }

    /// <summary>Hash of all that the spec says but for one field, and for what differs from seed to seed and from cell to cell anyway.</summary>
    private static string Besides(ExperimentSpec spec, params ReadOnlySpan<string> path)
    {
        var document = SpecDocument.Of(spec);
        foreach (var name in Own)
        {
            document.Remove(name);
        }

        var holder = document;
        foreach (var name in path[..^1])
        {
            holder = (JsonObject)holder[name]!;
        }

        holder.Remove(path[^1]);
        return JobJson.Hash(document.ToJsonString(JobJson.Options));
    }
}
