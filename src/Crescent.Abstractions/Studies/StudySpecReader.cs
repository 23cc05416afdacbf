using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crescent.Abstractions.Experiments;

namespace Crescent.Abstractions.Studies;

/// <summary>Reads the document of a study strictly: everything wrong with it is told at once, each with its field and its cure.</summary>
public static class StudySpecReader
{
    public const int MaxName = 60;
    public const int MaxQuestion = 500;
    public const int MaxAxes = 8;
    public const int MaxChoices = 64;

    /// <summary>Characters of the path of a field.</summary>
    public const int MaxField = 200;
    public const int MaxSeeds = 100;
    public const int MaxAtOnce = 64;

    /// <summary>Fields of an experiment that stand elsewhere in a study.</summary>
    internal static readonly string[] AtTop = ["name", "question", "seed", "version"];
    private static readonly string[] Fields = ["version", "name", "question", "base", "axes", "seeds", "maxRunning", "maxJobs"];

    /// <exception cref="CrescentException"><c>study-invalid</c>, with one <see cref="SpecProblem"/> for each thing wrong.</exception>
    public static StudySpec Read(JsonNode? document)
    {
        var problems = new SpecProblemList(string.Empty);
        if (document is not JsonObject fields)
        {
            problems.Require(false, string.Empty, "Expected an object with version, name, question, base, axes and seeds.");
            throw Invalid(problems.Problems);
        }

        foreach (var unknown in fields.Where(field => !Fields.Contains(field.Key)).Select(field => field.Key))
        {
            problems.Require(false, unknown, $"Unknown field. {NearestName.Cure(unknown, Fields)}");
        }

        problems.Require(Number(fields["version"]) == 1, "version", "This server reads version 1. Write 'version: 1'.");
        var spec = new StudySpec(
            Text(fields["name"], "name", MaxName, problems),
            Text(fields["question"], "question", MaxQuestion, problems),
            ReadBase(fields["base"], problems),
            ReadAxes(fields["axes"], problems),
            ReadSeeds(fields["seeds"], problems),
            Count(fields["maxRunning"], "maxRunning", problems) ?? 2,
            Count(fields["maxJobs"], "maxJobs", problems));
        return problems.Problems.Count == 0 ? spec : throw Invalid(problems.Problems);
    }

    internal static CrescentException Invalid(IReadOnlyList<SpecProblem> problems) =>
        new("study-invalid", $"The study cannot be started: {string.Join("; ", problems.Select(problem => problem.Field.Length == 0 ? problem.Message : $"{problem.Field}: {problem.Message}"))}") { Problems = problems };

    private static JsonObject ReadBase(JsonNode? node, SpecProblemList problems)
    {
        problems.Require(node is JsonObject, "base", "Expected the document of an experiment, such as 'preset: nano'.");
        var document = node as JsonObject ?? [];
        foreach (var own in AtTop.Where(document.ContainsKey))
        {
            problems.Require(false, $"base.{own}", own == "seed" ? "Stands in 'seeds', for every cell." : "Stands once, at the top of the study.");
        }

        return (JsonObject)document.DeepClone();
    }

    private static List<StudyAxis> ReadAxes(JsonNode? node, SpecProblemList problems)
    {
        if (node is null)
        {
            return [];
        }

        if (node is not JsonArray list || list.Count > MaxAxes)
        {
            problems.Require(false, "axes", $"Expected a list of at most {MaxAxes} axes, each with 'field' and 'values', or with 'name' and 'variants'.");
            return [];
        }

        var axes = list.Select((axis, i) => ReadAxis(axis, $"axes[{i}]", problems)).ToList();
        problems.Require(axes.Select(axis => axis.Name).Distinct(StringComparer.Ordinal).Count() == axes.Count, "axes", "Two axes have one name. Give each its own.");
        return axes;
    }

    private static StudyAxis ReadAxis(JsonNode? node, string at, SpecProblemList problems)
    {
        var axis = node as JsonObject ?? [];
        var (field, values, name, variants) = (axis["field"], axis["values"] as JsonArray, axis["name"], axis["variants"] as JsonArray);
        var grid = field is not null && values is not null && axis.All(part => part.Key is "field" or "values" or "name");
        var named = name is not null && variants is not null && axis.All(part => part.Key is "name" or "variants");
        problems.Require(grid || named, at, "Expected 'field' and 'values' (and, if wanted, 'name'), or 'name' and 'variants'.");
        if (!grid && !named)
        {
            return new StudyAxis(at, []);
        }

        var path = field?.ToString() ?? string.Empty;
        problems.Require(!grid || (path.Length is > 0 and <= MaxField && path.Split('.').All(part => part.Length > 0) && path is not ("name" or "question" or "version" or "seed")), $"{at}.field", "Name a field of the experiment by its path, such as sft.learningRate.peak; seeds stand in 'seeds'.");
        var choices = grid
            ? values!.Select(value => new StudyChoice(Label(value), At(path, value))).ToList()
            : [.. variants!.Select((variant, i) => ReadVariant(variant, $"{at}.variants[{i}]", problems))];
        problems.Require(choices.Count is > 0 and <= MaxChoices, at, $"Has {choices.Count} choices; give 1 to {MaxChoices}.");
        problems.Require(choices.Select(choice => choice.Label).Distinct(StringComparer.Ordinal).Count() == choices.Count, at, "Names one choice twice. Drop one.");
        return new StudyAxis(name?.ToString() ?? path.Split('.')[^1], choices);
    }

    private static StudyChoice ReadVariant(JsonNode? node, string at, SpecProblemList problems)
    {
        var variant = node as JsonObject ?? [];
        problems.Require(variant["name"] is JsonValue && variant.All(part => part.Key is "name" or "changes") && variant["changes"] is null or JsonObject, at, "Expected 'name' and 'changes', a part of an experiment's document; leave 'changes' out for the base as it is.");
        return new StudyChoice(Label(variant["name"]), (variant["changes"] as JsonObject)?.DeepClone() as JsonObject ?? []);
    }

    private static IReadOnlyList<ulong> ReadSeeds(JsonNode? node, SpecProblemList problems)
    {
        var seeds = (node as JsonArray)?.Select(seed => seed is JsonValue value && ulong.TryParse(value.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : (ulong?)null).ToList() ?? [];
        problems.Require(seeds.Count is > 0 and <= MaxSeeds && seeds.All(seed => seed is not null) && seeds.Distinct().Count() == seeds.Count, "seeds", $"Expected a list of 1 to {MaxSeeds} different whole numbers; a verdict needs 5.");
        return [.. seeds.OfType<ulong>()];
    }

    private static int? Count(JsonNode? node, string field, SpecProblemList problems)
    {
        var count = Number(node);
        problems.Require(node is null || count is >= 1 and <= MaxAtOnce, field, $"Is {node?.ToJsonString()}; use 1 to {MaxAtOnce}, or leave it out.");
        return count;
    }

    private static string Text(JsonNode? node, string field, int most, SpecProblemList problems)
    {
        var text = node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : string.Empty;
        problems.Require(text.Trim().Length > 0 && text.Length <= most && !text.Any(char.IsControl), field, $"Give 1 to {most} characters on one line.");
        return text;
    }

    private static int? Number(JsonNode? node) => node is JsonValue value && int.TryParse(value.ToString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>A value in a cell's name: text as it is, anything else as JSON.</summary>
    private static string Label(JsonNode? value) => value is JsonValue text && text.GetValueKind() == JsonValueKind.String ? text.GetValue<string>() : value?.ToJsonString() ?? "null";

    /// <summary>The document that says only that the field at a path has a value.</summary>
    private static JsonObject At(string path, JsonNode? value) =>
        (JsonObject)path.Split('.').Reverse().Aggregate(value?.DeepClone(), (inner, part) => new JsonObject { [part] = inner })!;
}
