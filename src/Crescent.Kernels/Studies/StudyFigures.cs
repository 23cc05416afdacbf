using System.Globalization;
using Crescent.Kernels.Reports;
using Crescent.Kernels.Reports.Charts;
using Crescent.Kernels.Reports.Figures;

namespace Crescent.Kernels.Studies;

/// <summary>The figures of a study: its claims across cells, what each cell reaches, how a cell's curve runs, and its edits, each with t intervals over seeds.</summary>
public static class StudyFigures
{
    private const double Width = 840;
    private const double PlotWidth = 330;
    private const double PlotHeight = 250;
    private const int MostCurves = 6;
    private static readonly (string Hue, MarkShape Shape)[] Styles = [("ood", MarkShape.Circle), ("rl", MarkShape.Diamond), ("control", MarkShape.Square), ("positive", MarkShape.Triangle), ("id", MarkShape.Circle)];

    /// <summary>Those for which there is anything to draw.</summary>
    public static IReadOnlyList<Figure> Of(StudyResultDocument study)
    {
        ArgumentNullException.ThrowIfNull(study);
        var measured = study.Cells.Where(cell => cell.Quantities.Count > 0).ToList();
        var conclusions = ConclusionFigures.Of(study).ToList();
        return measured.Count == 0 ? [] :
        [
            .. conclusions.Where(figure => figure.Name == ConclusionFigures.Conclusions),
            Draw(
                study, measured, "cells", "Cells compared", "Each cell's last SFT checkpoint out of distribution at the first try, and what RL gains there from the step of the claims within all tries: mean over seeds with a t interval. A cell with one seed has no interval.",
                [("Last SFT checkpoint, OOD", StudyQuantities.OutOfDistributionEnd), ("Gained by RL, OOD", StudyQuantities.Gain)], byStep: false),
            Draw(
                study, [.. measured.Take(MostCurves)], "window", "SFT and what RL regains, by SFT step", $"Out of distribution at the first try along SFT, and the gain of RL within all tries by the step that it starts from: mean over seeds with a t interval{(measured.Count > MostCurves ? $"; the first {MostCurves} cells" : "")}.",
                [("SFT, OOD", StudyQuantities.Curve), ("Gained by RL, OOD", StudyQuantities.GainCurve)], byStep: true),
            .. conclusions.Where(figure => figure.Name != ConclusionFigures.Conclusions),
        ];
    }

    private static Figure Draw(
        StudyResultDocument study, IReadOnlyList<StudyCellResult> cells, string name, string title, string caption, (string Heading, string Quantity)[] panels, bool byStep)
    {
        var shown = panels.Where(panel => cells.Any(cell => cell.Quantities.Any(found => found.Name == panel.Quantity))).ToList();
        var legend = cells.Select((cell, i) => new LegendEntry(cell.Cell, (svg, x, y) => Marks.Symbol(svg, Style(i).Hue, Style(i).Shape, Filled(i), x, y))).ToArray();
        var top = Legend.Height(legend, Width - 64) + 44;
        return Figure.Draw(name, title, caption, Width, top + PlotHeight + 50, Table(cells, panels.Select(panel => panel.Quantity)), svg =>
        {
            Legend.Draw(svg, legend, 64, 4, Width - 64);
            foreach (var (at, (heading, quantity)) in shown.Index())
            {
                Draw(svg, cells, new Box(at == 0 ? 64 : Width - PlotWidth - 18, top, PlotWidth, PlotHeight), heading, quantity, byStep);
            }
        });
    }

    private static void Draw(SvgWriter svg, IReadOnlyList<StudyCellResult> cells, Box area, string heading, string quantity, bool byStep)
    {
        var points = cells.Select((cell, i) => (Cell: i, Points: cell.Quantities.Where(found => found.Name == quantity).OrderBy(found => found.Step).ToList())).ToList();
        var all = points.SelectMany(cell => cell.Points).ToList();
        var (least, most) = (all.Select(point => point.Low ?? point.Mean).DefaultIfEmpty(0).Min(), all.Select(point => point.High ?? point.Mean).DefaultIfEmpty(1).Max());
        var axis = Ticks.Linear(least < 0 ? Math.Max(-1, least) : 0, Math.Min(1, most + 0.01), 5);
        double[] xs = byStep ? [.. all.Select(point => (double)point.Step!.Value).Distinct().Order()] : [.. cells.Select((_, i) => (double)i)];
        var (first, last) = (xs.FirstOrDefault(0), Math.Max(xs.LastOrDefault(1), xs.FirstOrDefault(0) + 1));
        Scale across = byStep ? new SymlogScale(xs.FirstOrDefault(x => x > 0, 1), first, last, area.Left + 22, area.Right - 22) : new LinearScale(first, last, area.Left + 22, area.Right - 22);
        var panel = Panel.Open(svg, area, across, axis.Scale(area.Bottom, area.Top), heading);
        panel.YAxis(axis.Values, axis.Label, byStep ? "accuracy or gain" : null);
        panel.XAxis(xs, x => byStep ? Lettering.Number(x, 0) : Lettering.Number(x + 1, 0), byStep ? "SFT step (logarithmic)" : "cell, in the order of the legend");
        foreach (var (cell, found) in points)
        {
            var (hue, shape) = Style(cell);
            if (byStep && found.Count > 1)
            {
                panel.Curve(hue, Filled(cell) ? "" : "dashed", [.. found.Select(point => ((double)point.Step!.Value, point.Mean, point.Low ?? point.Mean, point.High ?? point.Mean))], band: cells.Count == 1);
            }

            foreach (var point in found)
            {
                var x = byStep ? point.Step!.Value : cell;
                if (point is { Low: { } low, High: { } high } && (!byStep || cells.Count > 1))
                {
                    panel.Whisker(hue, x, low, high);
                }

                panel.Mark(hue, shape, Filled(cell), x, point.Mean, $"{cells[cell].Cell}{(byStep ? string.Create(CultureInfo.InvariantCulture, $", step {point.Step}") : "")}: {Lettering.Number(point.Mean, 3)}, {point.Seeds} seeds");
            }
        }

        panel.Close();
    }

    private static FigureTable Table(IReadOnlyList<StudyCellResult> cells, IEnumerable<string> quantities) => new(
        [new("cell", "Cell"), new("quantity", "Quantity"), new("step", "SFT step", 0), new("mean", "Mean", Wording.Decimals), new("low", "Low", Wording.Decimals), new("high", "High", Wording.Decimals), new("seeds", "Seeds", 0)],
        from quantity in quantities from cell in cells from found in cell.Quantities where found.Name == quantity orderby quantity, cell.Cell, found.Step
        select (IReadOnlyList<FigureCell>)[cell.Cell, found.Name, found.Step is { } step ? (double)step : (double?)null, found.Mean, found.Low, found.High, found.Seeds]);

    private static (string Hue, MarkShape Shape) Style(int cell) => Styles[cell % Styles.Length];

    private static bool Filled(int cell) => cell / Styles.Length % 2 == 0;
}
