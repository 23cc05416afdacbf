using Crescent.Kernels.Reports.Charts;
using Crescent.Kernels.Statistics;

namespace Crescent.Kernels.Reports.Figures;

/// <summary>Figure <c>recovery</c>: accuracy against the SFT step, out of and in distribution, with an arrow from each checkpoint to what RL made of it.</summary>
public static class RecoveryFigure
{
    private const double Width = 840;
    private const double Left = 64;
    private const double PlotWidth = Width - Left - 122;

    public static Figure Draw(ExperimentResultDocument result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var within = Wording.Tries(result.Tries);
        LegendEntry[] legend =
        [
            LegendEntry.Line($"SFT, {within} (band: 95 % interval)", "ood"),
            LegendEntry.Line("SFT, first try", "ood", "dashed"),
            .. Recovered(result).Any() ? [ArrowEntry($"RL from that checkpoint, {within}")] : Array.Empty<LegendEntry>(),
            .. result.Controls.Select(a => a.Role).Distinct().OrderBy(ReportRoles.All.ToList().IndexOf)
                .Select(role => LegendEntry.Mark($"Control: {ReportRoles.Label(role)}", Hue(role), Shape(role), filled: false)),
        ];
        var top = Legend.Height(legend, Width - Left) + 44;
        Box outer = new(Left, top, PlotWidth, 280);
        Box inner = new(Left, outer.Bottom + 64, PlotWidth, 220);
        Box further = new(Left, inner.Bottom + 64, PlotWidth, 220);
        var heldOut = result.Checkpoints.Any(c => c.HeldOut is not null);
        var axis = StepAxis.Of(result);
        return Figure.Draw(
            "recovery",
            "What SFT forgets, and what RL brings back",
            $"Accuracy by SFT checkpoint under the rule trained on (in distribution) and the other rule (out of distribution). Solid: {within}; dashed: first try. "
                + "Each arrow goes from a checkpoint to the model that RL on the trained rule makes of it; whiskers and bands are 95 % intervals clustered by value multiset. "
                + "The horizontal line is the base model before SFT, the vertical line the checkpoint chosen as best on separate deals. Controls are hollow."
                + (heldOut ? " The held-out variant is one that no training has seen." : ""),
            Width,
            (heldOut ? further : inner).Bottom + 50,
            Table(result),
            svg =>
            {
                Legend.Draw(svg, legend, Left, 4, Width - Left);
                Draw(svg, result, axis, outer, "ood", "Out of distribution", c => c.OutOfDistribution, a => a.OutOfDistribution);
                Draw(svg, result, axis, inner, "id", "In distribution", c => c.InDistribution, a => a.InDistribution, last: !heldOut);
                if (heldOut)
                {
                    Draw(svg, result, axis, further, "held-out", "Held-out variant", c => c.HeldOut, a => a.HeldOut, last: true);
                }
            });
    }

    private static void Draw(
        SvgWriter svg, ExperimentResultDocument result, StepAxis axis, Box area, string hue, string heading, Func<CheckpointResult, VariantAccuracy?> checkpoint, Func<ArmResult, VariantAccuracy?> arm, bool last = false)
    {
        var curves = result.Checkpoints.Where(c => checkpoint(c) is not null).Select(c => (c.Step, Accuracy: checkpoint(c)!, c.Record)).ToArray();
        var arms = Recovered(result).Concat(result.Controls).Where(a => arm(a) is not null).ToArray();
        var greatest = curves.SelectMany(c => new[] { c.Accuracy.FirstTry.High, c.Accuracy.WithinTries.High }).Concat(arms.Select(a => arm(a)!.WithinTries.High)).DefaultIfEmpty(1).Max();
        var accuracy = Ticks.Linear(0, Math.Min(1, Math.Max(greatest, 0.1) * 1.06), 8);
        var panel = Panel.Open(svg, area, axis.Across(area), accuracy.Scale(area.Bottom, area.Top), heading);
        panel.YAxis(accuracy.Values, accuracy.Label, "accuracy");
        axis.Draw(panel, last ? "SFT step (logarithmic from the first checkpoint on)" : null);
        var labels = References(panel, result, hue, curves);
        (double, double, double, double) Point(int step, AccuracyInterval a) => (step, a.Accuracy, a.Low, a.High);
        panel.Curve(hue, "dashed", [.. curves.Select(c => Point(c.Step, c.Accuracy.FirstTry))], band: false);
        panel.Curve(hue, "", [.. curves.Select(c => Point(c.Step, c.Accuracy.WithinTries))]);
        foreach (var (step, reached, record) in curves)
        {
            panel.Mark(hue, MarkShape.Circle, filled: true, step, reached.WithinTries.Accuracy, $"SFT step {step}: {Wording.Accuracy(reached.WithinTries)}", radius: 3, record: record);
            panel.Mark(hue, MarkShape.Circle, filled: false, step, reached.FirstTry.Accuracy, $"SFT step {step}, first try: {Wording.Accuracy(reached.FirstTry)}", radius: 2.5, record: record);
        }

        foreach (var a in arms)
        {
            Arm(panel, a, arm(a)!.WithinTries, curves.Where(c => c.Step == a.Step).Select(c => (double?)c.Accuracy.WithinTries.Accuracy).FirstOrDefault());
        }

        if (curves.Length > 0)
        {
            var end = curves[^1].Accuracy;
            labels.Add((hue, Wording.Tries(result.Tries), end.WithinTries.Accuracy));
            labels.Add((hue, "first try", end.FirstTry.Accuracy));
        }

        var places = Lettering.Spread([.. labels.Select(l => panel.Y.Map(l.Value) + 4)], 15, area.Top + 8, area.Bottom);
        foreach (var (label, y) in labels.Zip(places))
        {
            svg.Text(label.Hue.Length > 0 ? $"hue {label.Hue}" : "note", area.Right + 8, y, label.Text);
        }

        panel.Close();
    }

    /// <summary>The base line and the best checkpoint; gives the labels that belong beside the right edge.</summary>
    private static List<(string Hue, string Text, double Value)> References(Panel panel, ExperimentResultDocument result, string hue, (int Step, VariantAccuracy Accuracy, string Record)[] curves)
    {
        List<(string, string, double)> labels = [];
        if (curves.Length > 0 && curves[0].Step == 0)
        {
            var value = curves[0].Accuracy.WithinTries.Accuracy;
            panel.Svg.Line("reference", panel.Area.Left, panel.Y.Map(value), panel.Area.Right, panel.Y.Map(value));
            labels.Add(("", "before SFT", value));
        }

        var x = panel.X.Map(result.BestStep);
        panel.Svg.Line("reference", x, panel.Area.Top, x, panel.Area.Bottom);
        if (hue != "ood")
        {
            return labels;
        }

        var text = $"best OOD: step {result.BestStep}";
        var fits = x + 6 + Lettering.Width(text, 11) < panel.Area.Right;
        panel.Svg.Text("note halo", fits ? x + 6 : x - 6, panel.Area.Top + 12, text, fits ? "start" : "end");
        return labels;
    }

    private static void Arm(Panel panel, ArmResult arm, AccuracyInterval reached, double? from)
    {
        var (role, step) = (arm.Role, arm.Step);
        var hue = Hue(role);
        var shift = role switch { ReportRoles.Recovery => 14, ReportRoles.ShuffledReward => -13, _ => 27 };
        panel.Whisker(hue, step, reached.Low, reached.High, shift);
        if (from is { } start && role == ReportRoles.Recovery)
        {
            panel.Arrow(hue, step, start, reached.Accuracy, shift);
        }

        panel.Mark(hue, Shape(role), role == ReportRoles.Recovery, step, reached.Accuracy, $"{ReportRoles.Label(role)} from step {step}: {Wording.Accuracy(reached)}", shift, record: arm.Record);
    }

    private static IEnumerable<ArmResult> Recovered(ExperimentResultDocument result) => result.Checkpoints
        .Where(c => c.Recovery is not null)
        .Select(c => new ArmResult(ReportRoles.Recovery, c.Step, c.Recovery!.InDistribution, c.Recovery.OutOfDistribution, c.Recovery.Gain, c.Recovery.Record) { HeldOut = c.Recovery.HeldOut });

    private static FigureTable Table(ExperimentResultDocument result)
    {
        FigureColumn[] columns =
        [
            new("role", "Model"), new("step", "SFT step", 0), new("variant", "Variant"), new("tries", "Tries", 0), new("accuracy", "Accuracy", Wording.Decimals), new("low", "Low", Wording.Decimals),
            new("high", "High", Wording.Decimals), new("episodes", "Episodes", 0), new("clusters", "Clusters", 0), new("record", "Record"),
        ];
        var models = result.Checkpoints.Select(c => (Role: ReportRoles.Sft, c.Step, c.InDistribution, c.OutOfDistribution, c.HeldOut, c.Record))
            .Concat(Recovered(result).Concat(result.Controls).Select(a => (a.Role, a.Step, a.InDistribution, a.OutOfDistribution, a.HeldOut, a.Record)));
        IEnumerable<IReadOnlyList<FigureCell>> rows =
            from m in models
            from v in new (string Name, VariantAccuracy? Accuracy)[] { ("in-distribution", m.InDistribution), ("out-of-distribution", m.OutOfDistribution), ("held-out", m.HeldOut) }
            where v.Accuracy is not null
            from t in new[] { (Tries: 1, A: v.Accuracy.FirstTry), (result.Tries, A: v.Accuracy.WithinTries) }
            select new FigureCell[] { m.Role, m.Step, v.Name, t.Tries, t.A.Accuracy, t.A.Low, t.A.High, t.A.Episodes, t.A.Clusters, Wording.Abbreviate(m.Record) };
        return new FigureTable(columns, rows);
    }

    private static string Hue(string role) => role switch { ReportRoles.Recovery => "rl", ReportRoles.ShuffledReward => "control", _ => "positive" };

    private static MarkShape Shape(string role) => role switch { ReportRoles.Recovery => MarkShape.Diamond, ReportRoles.ShuffledReward => MarkShape.Square, _ => MarkShape.Triangle };

    private static LegendEntry ArrowEntry(string label) => new(label, (svg, x, y) =>
    {
        svg.Line("arrow rl", x - 11, y, x - 4, y);
        svg.Polygon("solid rl", [(x + 2, y), (x - 4, y - 4), (x - 4, y + 4)]);
        Marks.Symbol(svg, "rl", MarkShape.Diamond, filled: true, x + 8, y);
    });
}
