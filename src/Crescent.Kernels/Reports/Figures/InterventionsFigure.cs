using Crescent.Kernels.Interventions;
using Crescent.Kernels.Reports.Charts;
using Crescent.Kernels.Statistics;

namespace Crescent.Kernels.Reports.Figures;

/// <summary>Figure <c>interventions</c>: accuracy after editing the weights towards an earlier checkpoint, each edit beside its controls of the same size, out of and in distribution.</summary>
public static class InterventionsFigure
{
    private const double Width = 840;
    private const double Left = 172;
    private const double PlotWidth = 304;
    private const double BarHeight = 12;
    private const string Reverse = "reverse";
    private const string Gaussian = "Gaussian changes";
    private const string Subspaces = "random subspaces";

    public static Figure Draw(ExperimentResultDocument result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var pairs = result.Interventions.GroupBy(e => (e.From, e.To)).ToArray();
        var bars = result.Interventions.SelectMany(Bars).Select(b => b.Name).Distinct().ToArray();
        LegendEntry[] legend =
        [
            LegendEntry.Bar("edited", "edit"), LegendEntry.Bar("rollback of the same norm", "rollback"), LegendEntry.Bar("random directions of the same norm", "random"),
            .. bars.Contains(Gaussian) ? [LegendEntry.Bar("Gaussian change of the same norm", "control")] : Array.Empty<LegendEntry>(),
            .. bars.Contains(Subspaces) ? [LegendEntry.Bar("towards the source in random subspaces", "positive")] : Array.Empty<LegendEntry>(),
            new("before the edit, and where it leads", (svg, x, y) => svg.Line("reference", x - 11, y, x + 11, y)),
        ];
        var top = Legend.Height(legend, Width - 20) + 8;
        double Height(IEnumerable<InterventionEntry> entries) => 84 + entries.Sum(GroupHeight) + 44;
        return Figure.Draw(
            "interventions",
            "Does putting the old directions back undo the forgetting?",
            $"Accuracy {Wording.Tries(result.Interventions.Select(e => e.Tries).DefaultIfEmpty(result.Tries).Max())} after the later checkpoint's weights were edited towards the earlier one: "
                + "its singular values restored, its leading singular directions restored, or its vectors swapped in by index. Beside each edit its controls: a straight step back of the same norm, "
                + "and random changes of the same norm (pooled over their draws). An edit says something about directions only where it beats both. Whiskers are 95 % intervals clustered by value multiset. "
                + "A dagger marks an edit that moves the weights at least as far as a full copy would: it has no rollback of the same norm, and a full copy stands in.",
            Width,
            top + pairs.Sum(Height),
            Table(result),
            svg =>
            {
                Legend.Draw(svg, legend, 20, 2, Width - 20);
                var y = top;
                foreach (var pair in pairs)
                {
                    InterventionEntry[] entries = [.. pair];
                    svg.Text("note", 20, y + 24, $"edits of {Wording.End(pair.Key.To)} towards {Wording.End(pair.Key.From)}");
                    Draw(svg, new Box(Left, y + 66, PlotWidth, entries.Sum(GroupHeight)), "Out of distribution", entries, a => a.OutOfDistribution, pair.Key, labelled: true);
                    Draw(svg, new Box(Width - PlotWidth - 18, y + 66, PlotWidth, entries.Sum(GroupHeight)), "In distribution", entries, a => a.InDistribution, pair.Key, labelled: false);
                    y += Height(entries);
                }
            });
    }

    private static void Draw(SvgWriter svg, Box area, string heading, InterventionEntry[] entries, Func<EditAccuracy, VariantAccuracy> variant, (string From, string To) pair, bool labelled)
    {
        AccuracyInterval Within(EditAccuracy a) => variant(a).WithinTries;
        var greatest = entries.SelectMany(e => Bars(e).Select(b => Within(b.Accuracy).High).Append(Within(e.Source).High)).DefaultIfEmpty(1).Max();
        var axis = Ticks.Linear(0, Math.Max(0.05, greatest), 5);
        var panel = Panel.Open(svg, area, axis.Scale(area.Left, area.Right), new LinearScale(0, 1, area.Top, area.Bottom), "");
        svg.Text("heading", area.Left, area.Top - 24, heading);
        foreach (var tick in axis.Values)
        {
            svg.Line("grid", panel.X.Map(tick), area.Top, panel.X.Map(tick), area.Bottom);
        }

        var top = area.Top;
        foreach (var entry in entries)
        {
            var y = top + 9;
            if (labelled)
            {
                var lines = Lines(entry);
                for (var line = 0; line < lines.Length; line++)
                {
                    svg.Text(line == 0 ? "row-label" : "note", area.Left - 10, y + 1.5 * BarHeight + 4 + (line - (lines.Length - 1) / 2.0) * 14, lines[line], "end");
                }
            }

            foreach (var (hue, name, accuracy) in Bars(entry))
            {
                using var link = svg.Link(entry.Record);
                Bar(panel, hue, y, Within(accuracy), $"{Label(entry)}, {name}: {Wording.Accuracy(Within(accuracy))}");
                y += BarHeight;
            }

            top += GroupHeight(entry);
        }

        panel.XAxis(axis.Values, axis.Label, "accuracy");
        var ends = new[] { (Name: Wording.End(pair.To), Within(entries[0].Target).Accuracy), (Name: Wording.End(pair.From), Within(entries[0].Source).Accuracy) };
        foreach (var (_, value) in ends)
        {
            svg.Line("reference", panel.X.Map(value), area.Top, panel.X.Map(value), area.Bottom);
        }

        Ends(svg, panel, [.. ends.OrderBy(e => e.Accuracy)]);
        panel.Close();
    }

    /// <summary>Names the two reference lines above the plot, the lower one to the left of its line and the higher one to the right where both would touch.</summary>
    private static void Ends(SvgWriter svg, Panel panel, (string Name, double Accuracy)[] ends)
    {
        var width = ends.Max(e => Lettering.Width(e.Name, 11));
        var places = Lettering.Spread([.. ends.Select(e => panel.X.Map(e.Accuracy))], width + 10, panel.Area.Left + width / 2, panel.Area.Right - width / 2);
        foreach (var (end, x) in ends.Zip(places))
        {
            svg.Text("note", x, panel.Area.Top - 6, end.Name, "middle");
        }
    }

    private static void Bar(Panel panel, string hue, double y, AccuracyInterval value, string title)
    {
        var end = panel.X.Map(value.Accuracy);
        panel.Svg.Open("g", ("class", "datum"));
        panel.Svg.TextElement("title", title);
        panel.Svg.Rectangle($"bar solid {hue}", panel.Area.Left, y, end - panel.Area.Left, BarHeight - 2, 1.5);
        panel.Svg.Close();
        panel.WhiskerAcross("ink", y + (BarHeight - 2) / 2, value.Low, value.High);
    }

    private static IEnumerable<(string Hue, string Name, EditAccuracy Accuracy)> Bars(InterventionEntry entry)
    {
        yield return ("edit", "edited", entry.Edited);
        yield return ("rollback", "rollback", entry.Rollback);
        if (entry.RandomDirections is { } random)
        {
            yield return ("random", "random directions", random);
        }

        if (entry.GaussianChanges is { } gaussian)
        {
            yield return ("control", Gaussian, gaussian);
        }

        if (entry.RandomSubspaces is { } subspaces)
        {
            yield return ("positive", Subspaces, subspaces);
        }
    }

    private static double GroupHeight(InterventionEntry entry) => Math.Max(3, Bars(entry).Count()) * BarHeight + 18;

    private static string Label(InterventionEntry entry) => Edit(entry) + (entry.Saturated ? " \u2020" : "");

    /// <summary>The label in one line, and what of the model the edit keeps to, and its direction, in further ones.</summary>
    private static string[] Lines(InterventionEntry entry)
    {
        var (where, reverse) = (Where(entry.Edit with { Reverse = false }), entry.Edit.Reverse);
        return [What(entry.Edit) + (entry.Saturated ? " \u2020" : ""), .. where.Length == 0 ? Array.Empty<string>() : [where], .. reverse ? [Reverse] : Array.Empty<string>()];
    }

    /// <summary>An edit in words.</summary>
    public static string Edit(InterventionEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var where = Where(entry.Edit);
        return where.Length == 0 ? What(entry.Edit) : $"{What(entry.Edit)} \u00b7 {where}";
    }

    private static string What(InterventionEdit edit)
    {
        var part = $"{edit.Range switch { RankRange.Head => "first", RankRange.Tail => "last", _ => "middle" }} {Lettering.Number(100 * edit.RankShare, 0)} %";
        return edit.Kind switch
        {
            InterventionKind.RestoreValues when edit.RankShare == 1 => "values only",
            InterventionKind.RestoreValues => $"values {part}",
            InterventionKind.RestoreDirections => $"directions {part}",
            _ => $"swapped {part}",
        };
    }

    /// <summary>What of the model the edit keeps to; empty for all of it.</summary>
    private static string Where(InterventionEdit edit)
    {
        string[] parts =
        [
            .. edit.Matrices == EditedMatrices.All ? Array.Empty<string>() : [edit.Matrices == EditedMatrices.FeedForward ? "feed-forward" : edit.Matrices.ToString().ToLowerInvariant()],
            .. (edit.FirstLayer, edit.LastLayer) switch
            {
                (0, null) => Array.Empty<string>(),
                (var first, null) => [$"layers {first} on"],
                (var first, { } last) => [first == last ? $"layer {first}" : $"layers {first}\u2013{last}"],
            },
            .. edit.Reverse ? [Reverse] : Array.Empty<string>(),
        ];
        return string.Join(" \u00b7 ", parts);
    }

    private static FigureTable Table(ExperimentResultDocument result)
    {
        FigureColumn[] columns =
        [
            new("from", "Towards"), new("to", "Edited"), new("kind", "Edit"), new("rankShare", "Share of the rank", 2), new("model", "Model"), new("variant", "Variant"), new("tries", "Tries", 0),
            new("accuracy", "Accuracy", Wording.Decimals),
            new("low", "Low", Wording.Decimals), new("high", "High", Wording.Decimals), new("episodes", "Episodes", 0), new("clusters", "Clusters", 0), 
            new("changeNorm", "Norm of the change", Wording.Decimals), new("saturated", "Saturated"), new("record", "Record"),
        ];
        IEnumerable<IReadOnlyList<FigureCell>> rows =
            from e in result.Interventions
            from m in Bars(e).Select(b => (b.Name, b.Accuracy)).Prepend((Name: "source", Accuracy: e.Source)).Prepend((Name: "target", Accuracy: e.Target))
            from v in new[] { (Name: "in-distribution", A: m.Accuracy.InDistribution), (Name: "out-of-distribution", A: m.Accuracy.OutOfDistribution) }
            from t in new[] { (Tries: 1, v.A.FirstTry), (e.Tries, v.A.WithinTries) }
            select Row(e, m.Name, v.Name, t.Item1, t.Item2);
        return new FigureTable(columns, rows);
    }

    private static FigureCell[] Row(InterventionEntry e, string model, string variant, int tries, AccuracyInterval a) =>
    [
        e.From, e.To, Edit(e), e.Edit.RankShare, model, variant, tries, a.Accuracy, a.Low, a.High, a.Episodes, a.Clusters, e.ChangeNorm, e.Saturated ? "yes" : "no", Wording.Abbreviate(e.Record),
    ];
}
