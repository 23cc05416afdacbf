using Crescent.Kernels.Reports.Charts;
using Crescent.Kernels.Statistics;

namespace Crescent.Kernels.Reports.Figures;

/// <summary>Figure <c>recovered-fraction</c>: what RL gains out of distribution from each checkpoint, and which share of the loss since the best checkpoint that is; the recovery window shaded.</summary>
public static class RecoveredFractionFigure
{
    private const double Width = 840;
    private const double PlotWidth = 330;
    private const double PlotHeight = 250;
    private const string AxisTitle = "SFT step that RL started from";

    public static Figure Draw(ExperimentResultDocument result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var recovered = result.Checkpoints.Where(c => c.Recovery is not null).ToArray();
        var axis = new StepAxis([.. recovered.Select(c => (double)c.Step).Concat(result.Controls.Select(a => (double)a.Step)).Distinct().Order()]);
        LegendEntry[] legend =
        [
            LegendEntry.Mark("RL from that checkpoint", "rl", MarkShape.Diamond, filled: true),
            .. result.Controls.Any(a => a.Role == ReportRoles.ShuffledReward) ? [LegendEntry.Mark("Control: RL, shuffled reward", "control", MarkShape.Square, filled: false)] : Array.Empty<LegendEntry>(),
            new("Recovery window: gain above 0 with 95 % confidence", (svg, x, y) => svg.Rectangle("shade", x - 9, y - 7, 18, 14, 2)),
        ];
        var top = Legend.Height(legend, Width - 70) + 44;
        Box left = new(70, top, PlotWidth, PlotHeight);
        Box right = new(Width - PlotWidth - 18, top, PlotWidth, PlotHeight);
        return Figure.Draw(
            "recovered-fraction",
            "From which checkpoints RL recovers, and how much",
            $"Left: accuracy {Wording.Tries(result.Tries)} out of distribution after RL minus before, on the same deals, with 95 % intervals clustered by value multiset; "
                + "the control trains on shuffled rewards. Right: that gain as a share of what SFT had lost since its best checkpoint (ratio of means, Fieller interval; "
                + "an arrowhead means that the interval goes on). 1 would be full restoration. Where nothing has been lost for certain, as at the best checkpoint itself, there is no share.",
            Width,
            left.Bottom + 50,
            Table(result),
            svg =>
            {
                Legend.Draw(svg, legend, left.Left, 4, Width - 70);
                Gains(svg, axis, left, recovered, result);
                Shares(svg, axis, right, recovered);
            });
    }

    /// <summary>The steps where the gain's lower bound is above 0.</summary>
    public static IReadOnlyList<int> Window(ExperimentResultDocument result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return [.. result.Checkpoints.Where(c => c.Recovery is { } r && r.Gain.OutOfDistribution.WithinTries.Low > 0).Select(c => c.Step)];
    }

    private static void Gains(SvgWriter svg, StepAxis axis, Box area, CheckpointResult[] recovered, ExperimentResultDocument result)
    {
        var arms = recovered.Select(c => (Role: ReportRoles.Recovery, c.Step, Gain: c.Recovery!.Gain.OutOfDistribution.WithinTries, c.Recovery.Record))
            .Concat(result.Controls.Where(a => a.Role == ReportRoles.ShuffledReward).Select(a => (a.Role, a.Step, Gain: a.Gain.OutOfDistribution.WithinTries, a.Record)))
            .ToArray();
        var difference = Ticks.Linear(Math.Min(-0.02, arms.Select(a => a.Gain.Low).DefaultIfEmpty(0).Min()), Math.Max(0.05, arms.Select(a => a.Gain.High).DefaultIfEmpty(0).Max()), 6);
        var panel = Panel.Open(svg, area, axis.Across(area), difference.Scale(area.Bottom, area.Top), "OOD gain of RL");
        Shade(panel, axis, Window(result));
        panel.YAxis(difference.Values, difference.DifferenceLabel, "difference in accuracy");
        axis.Draw(panel, AxisTitle);
        svg.Line("reference", area.Left, panel.Y.Map(0), area.Right, panel.Y.Map(0));
        foreach (var (role, step, gain, record) in arms)
        {
            var control = role != ReportRoles.Recovery;
            var (hue, shape, shift) = control ? ("control", MarkShape.Square, 12.0) : ("rl", MarkShape.Diamond, 0.0);
            panel.Whisker(hue, step, gain.Low, gain.High, shift);
            panel.Mark(hue, shape, !control, step, gain.Difference, $"{ReportRoles.Label(role)} from step {step}: {Wording.Difference(gain)}", shift, record: record);
        }

        panel.Close();
    }

    private static void Shares(SvgWriter svg, StepAxis axis, Box area, CheckpointResult[] recovered)
    {
        var shares = recovered.Where(c => c.Recovery!.Share is not null).Select(c => (c.Step, Share: c.Recovery!.Share!.Value, c.Recovery.Record)).ToArray();
        var greatest = shares.Select(s => Math.Max(s.Share.Estimate, Math.Min(s.Share.High, 2))).DefaultIfEmpty(1).Max();
        var least = shares.Select(s => Math.Min(s.Share.Estimate, Math.Max(s.Share.Low, -1))).DefaultIfEmpty(0).Min();
        var part = Ticks.Linear(Math.Min(-0.05, least), Math.Max(1.05, greatest), 6);
        var panel = Panel.Open(svg, area, axis.Across(area), part.Scale(area.Bottom, area.Top), "Share of the OOD loss that RL recovers");
        panel.YAxis(part.Values, part.Label, "share");
        axis.Draw(panel, AxisTitle);
        foreach (var (value, label) in new[] { (0.0, ""), (1.0, "all of it") })
        {
            svg.Line("reference", area.Left, panel.Y.Map(value), area.Right, panel.Y.Map(value));
            svg.Text("note halo", area.Left + 6, panel.Y.Map(value) - 5, label);
        }

        if (shares.Length == 0)
        {
            svg.Text("note halo", area.Left + area.Width / 2, area.Top + area.Height / 2 + 4, "nothing was lost for certain", "middle");
        }

        foreach (var (step, share, record) in shares)
        {
            panel.Whisker("rl", step, share.Low, share.High);
            panel.Mark("rl", MarkShape.Diamond, filled: true, step, share.Estimate, $"RL from step {step}: {Lettering.Number(share.Estimate, 2)} [{Lettering.Number(share.Low, 2)}, {Lettering.Number(share.High, 2)}]", record: record);
            var text = Lettering.Number(share.Estimate, 2);
            var before = panel.X.Map(step) + 10 + Lettering.Width(text, 11) > area.Right;
            svg.Text("note halo", panel.X.Map(step) + (before ? -10 : 10), panel.Y.Map(share.Estimate) + 4, text, before ? "end" : "start");
        }

        panel.Close();
    }

    /// <summary>Shades from half-way to the neighbour before to half-way to the neighbour after each step of the window.</summary>
    private static void Shade(Panel panel, StepAxis axis, IReadOnlyList<int> window)
    {
        var pixels = axis.Steps.Select(panel.X.Map).ToArray();
        foreach (var step in window)
        {
            var i = axis.Steps.ToList().IndexOf(step);
            var start = i == 0 ? panel.Area.Left : (pixels[i - 1] + pixels[i]) / 2;
            var end = i == pixels.Length - 1 ? panel.Area.Right : (pixels[i] + pixels[i + 1]) / 2;
            panel.Svg.Rectangle("shade", start, panel.Area.Top, end - start, panel.Area.Height);
        }
    }

    private static FigureTable Table(ExperimentResultDocument result)
    {
        FigureColumn[] columns =
        [
            new("role", "Model"), new("step", "SFT step", 0), new("gain", "OOD gain", Wording.Decimals), new("gainLow", "Low", Wording.Decimals), new("gainHigh", "High", Wording.Decimals),
            new("share", "Share of the loss", Wording.Decimals),
            new("shareLow", "Low", Wording.Decimals), new("shareHigh", "High", Wording.Decimals), new("inWindow", "In the window"), new("episodes", "Episodes", 0), new("clusters", "Clusters", 0), new("record", "Record"),
        ];
        var window = Window(result);
        var rows = result.Checkpoints.Where(c => c.Recovery is not null).Select(c => Row(ReportRoles.Recovery, c.Step, c.Recovery!.Gain, c.Recovery.Share, window.Contains(c.Step) ? "yes" : "no", c.Recovery.Record))
            .Concat(result.Controls.Select(a => Row(a.Role, a.Step, a.Gain, null, null, a.Record)));
        return new FigureTable(columns, rows);
    }

    private static FigureCell[] Row(string role, int step, GainResult gains, Interval? share, string? inWindow, string record)
    {
        var gain = gains.OutOfDistribution.WithinTries;
        return [role, step, gain.Difference, gain.Low, gain.High, share?.Estimate, share?.Low, share?.High, inWindow, gain.Episodes, gain.Clusters, Wording.Abbreviate(record)];
    }
}
