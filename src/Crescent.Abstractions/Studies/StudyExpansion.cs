using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Crescent.Abstractions.Experiments;

namespace Crescent.Abstractions.Studies;

/// <summary>
/// The experiments of a study. Pure: the same document gives the same cells in the same order, and an experiment's id depends on study, cell and seed alone, so that a value or a seed added later adds experiments and changes none.
/// </summary>
public static class StudyExpansion
{
    /// <summary>Cells times seeds.</summary>
    public const int MaxExperiments = 1000;

    private const int ShownProblems = 10;

    /// <summary>As in other experiments' ids: digits and lower-case letters without i, l, o, u.</summary>
    private const string Digits = "0123456789abcdefghjkmnpqrstvwxyz";

    /// <exception cref="CrescentException"><c>study-invalid</c>: too many, or a cell whose experiment could not be started, with its fields.</exception>
    public static IReadOnlyList<StudyCell> Of(string studyId, StudySpec spec)
    {
        ArgumentNullException.ThrowIfNull(studyId);
        ArgumentNullException.ThrowIfNull(spec);
        var experiments = spec.Axes.Aggregate((long)spec.Seeds.Count, (count, axis) => Math.Min(count * axis.Choices.Count, int.MaxValue));
        if (experiments > MaxExperiments)
        {
            throw StudySpecReader.Invalid([new SpecProblem("axes", $"Give {experiments} experiments with the seeds; at most {MaxExperiments} make one study. Drop values or seeds.")]);
        }

        IEnumerable<IReadOnlyList<(string Axis, StudyChoice Choice)>> combinations = [[]];
        foreach (var axis in spec.Axes)
        {
            combinations = [.. from before in combinations from choice in axis.Choices select (IReadOnlyList<(string, StudyChoice)>)[.. before, (axis.Name, choice)]];
        }

        var problems = new List<SpecProblem>();
        var cells = (from combination in combinations from seed in spec.Seeds select Cell(studyId, spec, combination, seed, problems)).OfType<StudyCell>().ToList();
        return problems.Count == 0 ? cells : throw StudySpecReader.Invalid([.. problems.DistinctBy(problem => problem.Message).Take(ShownProblems)]);
    }

    private static StudyCell? Cell(string studyId, StudySpec spec, IReadOnlyList<(string Axis, StudyChoice Choice)> combination, ulong seed, List<SpecProblem> problems)
    {
        var name = combination.Count == 0 ? "all" : string.Join(", ", combination.Select(part => $"{part.Axis}={part.Choice.Label}"));
        JsonNode? document = spec.Base;
        foreach (var (_, choice) in combination)
        {
            document = SpecDocument.Merge(document, choice.Changes);
        }

        var title = string.Create(CultureInfo.InvariantCulture, $"{spec.Name}{(combination.Count == 0 ? "" : $" {name}")} #{seed}");
        var own = new JsonObject { ["version"] = 1, ["name"] = title.Length <= 80 ? title : string.Concat(title.AsSpan(0, 70), "...", Digest(title, 6)), ["question"] = spec.Question, ["seed"] = seed };
        try
        {
            return new StudyCell(ExperimentId(studyId, name, seed), name, seed, ExperimentSpecReader.Read(SpecDocument.Merge(document, own)));
        }
        catch (CrescentException e) when (e.Code == "spec-invalid")
        {
            problems.AddRange(e.Problems.Select(problem => new SpecProblem($"base.{problem.Field}", combination.Count == 0 ? problem.Message : $"In cell '{name}': {problem.Message}")));
            return null;
        }
    }

    private static string ExperimentId(string studyId, string cell, ulong seed) => "e" + Digest(string.Create(CultureInfo.InvariantCulture, $"{studyId}\n{cell}\n{seed}"), 14);

    private static string Digest(string text, int length) => string.Concat(SHA256.HashData(Encoding.UTF8.GetBytes(text)).Take(length).Select(value => Digits[value & 31]));
}

/// <summary>One cell with one seed: an experiment.</summary>
/// <param name="ExperimentId">Stable: of study, cell and seed.</param>
/// <param name="Cell"><c>objective=eksft, peak=0.0003</c>; <c>all</c> without axes.</param>
public sealed record StudyCell(string ExperimentId, string Cell, ulong Seed, ExperimentSpec Spec);
