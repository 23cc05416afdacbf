using System.Text.Json;
using System.Text.Json.Nodes;
using Crescent.Kernels.Interventions;
using Crescent.Kernels.Jobs;

namespace Crescent.Abstractions.Experiments;

/// <summary>
/// Adds to a spec what a finished experiment is to do besides: SFT checkpoints, recovery starts and controls, pairs for spectra, edits for interventions. The document names what is added; everything else of the spec stays, so that nothing that is done becomes untrue.
/// </summary>
public static class ExperimentExtension
{
    /// <summary>The fields that an extension may name.</summary>
    public static IReadOnlyList<string> Fields { get; } = ["sft.checkpoints", "recovery.from", "recovery.controls", "spectra.pairs", "interventions.run.edits"];

    private static readonly ObjectShape Shape = Pick(SpecShape.Document, string.Empty)!;

    /// <summary>The extended spec. Adding what is there already adds nothing.</summary>
    /// <exception cref="CrescentException"><c>spec-invalid</c>, with one <see cref="SpecProblem"/> for each thing wrong.</exception>
    public static ExperimentSpec Apply(ExperimentSpec spec, JsonNode? document)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var check = new SpecShapeCheck();
        var kept = check.Keep(document, Shape, string.Empty) as JsonObject;
        var complete = kept is not null && check.Complete(kept, Shape, string.Empty);
        List<SpecProblem> problems = [.. check.Problems.Select(Explain)];
        if (kept is not null && complete && problems.Count == 0)
        {
            var extended = Add(spec, kept);
            problems.AddRange(ExperimentRules.Check(extended));
            if (problems.Count == 0)
            {
                return extended;
            }
        }

        throw ExperimentSpecReader.Invalid("extended", problems);
    }

    private static ExperimentSpec Add(ExperimentSpec spec, JsonObject added) => spec with
    {
        Sft = spec.Sft with { Checkpoints = [.. Union(spec.Sft.Checkpoints, added["sft"]?["checkpoints"]).Order()] },
        Recovery = spec.Recovery with
        {
            From = Union(spec.Recovery.From, added["recovery"]?["from"]),
            Controls = Union(spec.Recovery.Controls, added["recovery"]?["controls"]),
        },
        Spectra = spec.Spectra with { Pairs = Union(spec.Spectra.Pairs, added["spectra"]?["pairs"]) },
        Interventions = spec.Interventions with { Run = spec.Interventions.Run with { Edits = Union(spec.Interventions.Run.Edits, added["interventions"]?["run"]?["edits"]) } },
    };

    /// <summary>What is there, then what is new, in the order given. Equal by canonical JSON.</summary>
    private static IReadOnlyList<T> Union<T>(IReadOnlyList<T> there, JsonNode? added) =>
        added is null ? there : [.. there.Concat(added.Deserialize<List<T>>(JobJson.Options) ?? []).DistinctBy(JobJson.Write)];

    /// <summary>The part of a shape that <see cref="Fields"/> name; null where they name nothing of it.</summary>
    private static ObjectShape? Pick(ObjectShape shape, string path)
    {
        var fields = new List<SpecField>();
        foreach (var field in shape.Fields)
        {
            var at = path.Length == 0 ? field.Name : $"{path}.{field.Name}";
            if (Fields.Contains(at))
            {
                fields.Add(field with { Required = false });
            }
            else if (field.Shape is ObjectShape inner && Pick(inner, at) is { } part)
            {
                fields.Add(new SpecField(field.Name, part, Required: false));
            }
        }

        return fields.Count > 0 ? new ObjectShape(fields) : null;
    }

    private static SpecProblem Explain(SpecProblem problem) => problem.Message.StartsWith("Unknown field", StringComparison.Ordinal) && !problem.Field.Contains('[', StringComparison.Ordinal)
        ? problem with { Message = $"Cannot be extended. An extension adds to {string.Join(", ", Fields)}; to change anything else, fork the experiment from a checkpoint." }
        : problem;
}
