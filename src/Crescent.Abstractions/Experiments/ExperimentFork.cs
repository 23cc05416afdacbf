using System.Text.Json.Nodes;
using Crescent.Kernels.Jobs;

namespace Crescent.Abstractions.Experiments;

/// <summary>Makes the spec of an experiment that starts from a checkpoint of another.</summary>
public static class ExperimentFork
{
    /// <summary>The parent's spec with the changes over it, field by field as over a preset, starting from <paramref name="origin"/>.</summary>
    /// <param name="name">The new experiment's name; null: as the changes say, otherwise the parent's.</param>
    /// <param name="changes">A document of which every field may be left out.</param>
    /// <exception cref="CrescentException"><c>spec-invalid</c>, with one <see cref="SpecProblem"/> for each thing wrong.</exception>
    public static ExperimentSpec Apply(ExperimentSpec parent, ExperimentOrigin origin, string? name, JsonNode? changes)
    {
        ArgumentNullException.ThrowIfNull(parent);
        if (changes is not (null or JsonObject))
        {
            throw ExperimentSpecReader.Invalid("forked", [new SpecProblem("changes", "Expected an object with the fields of a spec that are to be other than the parent's.")]);
        }

        var named = name is null ? null : new JsonObject { ["name"] = name };
        var spec = ExperimentSpecReader.Read(SpecDocument.Merge(SpecDocument.Merge(SpecDocument.Of(parent), changes), named)) with { Origin = origin };
        return JobJson.Write(spec.Model) == JobJson.Write(parent.Model)
            ? spec
            : throw ExperimentSpecReader.Invalid("forked", [new SpecProblem("model", "Differs from the parent's, whose weights would not fit. Leave the model as it is, or submit a new experiment.")]);
    }
}
