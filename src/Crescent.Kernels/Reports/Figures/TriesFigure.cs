using Crescent.Kernels.Reports.Charts;
using Crescent.Kernels.Statistics;

namespace Crescent.Kernels.Reports.Figures;

/// <summary>Figure <c>tries</c>: accuracy by the number of tries allowed, before and after RL.</summary>
public static class TriesFigure
{
    private const double Width = 840;
    private const double PlotWidth = 330;

    public static Figure Draw(ExperimentResultDocument result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var arms = result.AccuracyByTries.Select(t => (t.Role, t.Step)).Distinct().ToArray();
        var legend = arms.Select(a => new LegendEntry(Label(a.Role, a.Step), (svg, x, y) =>
        {
            svg.Line($"line {Style(a.Role).Hue} {Style(a.Role).Modifiers}".TrimEnd(), x - 11, y, x + 11, y);
            Marks.Symbol(svg, Style(a.Role).Hue, Style(a.Role).Shape, filled: true, x, y, radius: 3);
        })).ToArray();
        var top = Legend.Height(legend, Width - 64) + 44;
        Box left = new(64, top, PlotWidth, 240);
        Box right = new(Width - PlotWidth - 18, top, PlotWidth, 240);
        return Figure.Draw(
            "tries",
            "What more tries are worth",
            "Accuracy by the number of tries allowed: after a failed try the model is told the cause and may try again. Bands are 95 % intervals clustered by value multiset. "
                + "Lines that start together and part as tries grow mean that RL changed how the model uses feedback, not its first answer.",
            Width,
            left.Bottom + 50,
            Table(result),
            svg =>
            {
                Legend.Draw(svg, legend, left.Left, 4, Width - 64);
                Draw(svg, result, arms, left, "Out of distribution", t => t.OutOfDistribution);
                Draw(svg, result, arms, right, "In distribution", t => t.InDistribution);
            });
    }

    private static void Draw(SvgWriter svg, ExperimentResultDocument result, (string Role, int Step)[] arms, Box area, string heading, Func<TriesResult, AccuracyInterval> accuracy)
    {
        var values = result.AccuracyByTries.Select(accuracy).ToArray();
        var axis = Ticks.Linear(Math.Max(0, values.Select(v => v.Low).DefaultIfEmpty(0).Min() - 0.01), Math.Min(1, values.Select(v => v.High).DefaultIfEmpty(1).Max() + 0.01), 5);
        var tries = result.AccuracyByTries.Select(t => (double)t.Tries).Distinct().Order().ToArray();
        var panel = Panel.Open(
            svg, area, new LinearScale(tries.FirstOrDefault(1), tries.LastOrDefault(2), area.Left + 22, area.Right - 22), axis.Scale(area.Bottom, area.Top), heading);
        panel.YAxis(axis.Values, axis.Label, "accuracy");
        panel.XAxis(tries, t => Lettering.Number(t, 0), "tries allowed");
        foreach (var (role, step) in arms)
        {
            var (hue, modifiers, shape) = Style(role);
            var points = result.AccuracyByTries.Where(t => t.Role == role && t.Step == step).OrderBy(t => t.Tries).ToArray();
            panel.Curve(hue, modifiers, [.. points.Select(t => ((double)t.Tries, accuracy(t).Accuracy, accuracy(t).Low, accuracy(t).High))]);
            foreach (var point in points)
            {
                panel.Mark(hue, shape, filled: true, point.Tries, accuracy(point).Accuracy, $"{Label(role, step)}, {Wording.Tries(point.Tries)}: {Wording.Accuracy(accuracy(point))}", radius: 3, record: point.Record);
            }
        }

        panel.Close();
    }

    private static FigureTable Table(ExperimentResultDocument result)
    {
        FigureColumn[] columns =
        [
            new("role", "Model"), new("step", "SFT step", 0), new("variant", "Variant"), new("tries", "Tries", 0), new("accuracy", "Accuracy", Wording.Decimals),
            new("low", "Low", Wording.Decimals), new("high", "High", Wording.Decimals), new("episodes", "Episodes", 0), new("clusters", "Clusters", 0), new("record", "Record"),
        ];
        IEnumerable<IReadOnlyList<FigureCell>> rows =
            from t in result.AccuracyByTries
            from v in new (string Name, AccuracyInterval? A)[] { ("in-distribution", t.InDistribution), ("out-of-distribution", t.OutOfDistribution), ("held-out", t.HeldOut) }
            where v.A is not null
            select new FigureCell[] { t.Role, t.Step, v.Name, t.Tries, v.A.Accuracy, v.A.Low, v.A.High, v.A.Episodes, v.A.Clusters, Wording.Abbreviate(t.Record) };
        return new FigureTable(columns, rows);
    }

    private static string Label(string role, int step) => role == ReportRoles.Sft ? $"SFT step {step}" : $"{ReportRoles.Label(role)}, from {step}";

    private static (string Hue, string Modifiers, MarkShape Shape) Style(string role) => role switch
    {
        ReportRoles.Sft => ("ood", "", MarkShape.Circle),
        ReportRoles.Recovery => ("rl", "", MarkShape.Diamond),
        ReportRoles.ShuffledReward => ("control", "dashed", MarkShape.Square),
        _ => ("positive", "dotted", MarkShape.Triangle),
    };
}
