using System.Text.Json;
using System.Text.Json.Nodes;
using Crescent.Kernels.Jobs;

namespace Crescent.Abstractions.Experiments;

/// <summary>Reads the document of an experiment strictly: everything wrong with it is told at once, each with its field and its cure, before anything is stored or started.</summary>
public static class ExperimentSpecReader
{
    /// <summary>The longest document accepted, in characters.</summary>
    public const int MaxLength = 256 * 1024;

    /// <summary>Reads JSON text.</summary>
    /// <exception cref="CrescentException"><c>spec-invalid</c>, with one <see cref="SpecProblem"/> for each thing wrong.</exception>
    public static ExperimentSpec Read(string json) => Read(Parse(json));

    /// <summary>Parses JSON text of bounded length, without repeated names.</summary>
    /// <exception cref="CrescentException"><c>spec-invalid</c>.</exception>
    public static JsonNode? Parse(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        if (json.Length > MaxLength)
        {
            throw Invalid([new SpecProblem(string.Empty, $"The document has {json.Length} characters; at most {MaxLength} are read.")]);
        }

        try
        {
            return JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 32 });
        }
        catch (JsonException e)
        {
            throw Invalid([new SpecProblem(string.Empty, $"Not a JSON document: {e.Message}")]);
        }
    }

    /// <summary>Reads a parsed document: preset under its values, shape, then values.</summary>
    /// <exception cref="CrescentException"><c>spec-invalid</c>, with one <see cref="SpecProblem"/> for each thing wrong.</exception>
    public static ExperimentSpec Read(JsonNode? document)
    {
        var check = new SpecShapeCheck();
        var kept = check.Keep(WithPresetsKind(document), SpecShape.Document, string.Empty) as JsonObject ?? throw Invalid(check.Problems);
        JsonObject? preset = null;
        if (kept[SpecShape.Preset]?.GetValue<string>() is { } name && (preset = ExperimentPresets.Find(name)) is null)
        {
            throw Invalid([new SpecProblem(SpecShape.Preset, $"There is no preset '{name}'. {NearestName.Cure(name, ExperimentPresets.Names)}"), .. check.Problems]);
        }

        kept.Remove(SpecShape.Preset);
        var whole = (JsonObject)SpecDocument.Merge(preset ?? [], kept)!;

        // Values are checked on what is left, so that one round shows everything; with fields missing there is nothing to check.
        var spec = check.Complete(whole, SpecShape.Document, string.Empty) ? SpecDocument.Resolve(whole) : null;
        List<SpecProblem> problems = [.. check.Problems];
        problems.AddRange(spec is null ? [] : ExperimentRules.Check(spec).Where(found => !problems.Exists(known => known.Field == found.Field)));
        return spec is not null && problems.Count == 0 ? spec : throw Invalid(problems);
    }

    /// <summary>Canonical JSON of a resolved spec: what is stored, and hashed.</summary>
    public static string Write(ExperimentSpec spec) => JobJson.Write(spec);

    /// <summary>SHA-256 of the canonical JSON, lower-case hex.</summary>
    public static string Hash(ExperimentSpec spec) => JobJson.Hash(Write(spec));

    /// <summary>A resolved spec as a document that people can edit and submit again.</summary>
    public static string WriteDocument(ExperimentSpec spec) => SpecDocument.Of(spec).ToJsonString(JobJson.Indented);

    /// <summary>A task without a kind is of the kind of its preset's, whose options it may then change.</summary>
    private static JsonNode? WithPresetsKind(JsonNode? document)
    {
        if (document is not JsonObject whole || whole["task"] is not JsonObject task || task.ContainsKey(KindShape.Field)
            || whole[SpecShape.Preset] is not JsonValue name || name.GetValueKind() != JsonValueKind.String
            || ExperimentPresets.Find(name.GetValue<string>())?["task"]?[KindShape.Field] is not { } kind)
        {
            return document;
        }

        var filled = (JsonObject)whole.DeepClone();
        filled["task"]![KindShape.Field] = kind.DeepClone();
        return filled;
    }

    private static CrescentException Invalid(IReadOnlyList<SpecProblem> problems) => Invalid("started", problems);

    /// <param name="done">What cannot be done with the experiment: <c>started</c>.</param>
    internal static CrescentException Invalid(string done, IReadOnlyList<SpecProblem> problems) =>
        new("spec-invalid", $"The experiment cannot be {done}: {string.Join("; ", problems.Select(problem => problem.Field.Length == 0 ? problem.Message : $"{problem.Field}: {problem.Message}"))}") { Problems = problems };
}
