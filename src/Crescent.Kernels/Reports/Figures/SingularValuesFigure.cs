using System.Globalization;
using Crescent.Kernels.Claims;
using Crescent.Kernels.Numerics;
using Crescent.Kernels.Reports.Charts;
using Crescent.Kernels.Spectra;

namespace Crescent.Kernels.Reports.Figures;

/// <summary>Figure <c>singular-values</c>: the spectra of two checkpoints laid over each other, and how much the values of every pair changed beside their null.</summary>
public static class SingularValuesFigure
{
    private const double Width = 840;
    private const double Left = 74;
    private const int SpectrumPoints = 25;

    public static Figure Draw(IReadOnlyList<ClaimPair<SpectraResult>> spectra)
    {
        ArgumentNullException.ThrowIfNull(spectra);
        var overlaid = spectra.FirstOrDefault(p => p is { From: "best", To: "end" }) ?? (spectra.Count > 0 ? spectra[0] : null);
        var curves = overlaid is null ? [] : Curves(overlaid.Result).ToArray();
        var changes = Changes(spectra).ToArray();
        var caption = (overlaid is null ? "" : $"Above: singular values of each kind of matrix, geometric mean over the layers, at {overlaid.From} (grey) and {overlaid.To} (blue, dashed). ")
            + "Below: median relative change of the singular values of each matrix (one mark a layer) beside the null (hollow): the same change of weights turned at random. "
            + "Values that stay while the null moves them are a finding; values that stay where the null leaves them too are not.";
        const double SmallHeight = 118;
        var rows = (curves.Length + 3) / 4;
        var lower = 34 + rows * (SmallHeight + 72) + 60;
        return Figure.Draw(
            "singular-values",
            "What happens to the singular values",
            caption,
            Width,
            lower + 220 + 46,
            Table(spectra, overlaid, curves, changes),
            svg =>
            {
                if (overlaid is not null)
                {
                    var before = LegendEntry.Line($"singular values at {Wording.End(overlaid.From)}", "from wide");
                    var after = LegendEntry.Line($"at {Wording.End(overlaid.To)}", "edit", "dashed");
                    Legend.Draw(svg, [before, after], Left, 2, Width - Left);
                }

                for (var i = 0; i < curves.Length; i++)
                {
                    const double Step = (Width - Left + 34) / 4;
                    Overlay(svg, new Box(Left + i % 4 * Step, 56 + i / 4 * (SmallHeight + 72), Step - 46, SmallHeight), curves[i]);
                }

                var measured = LegendEntry.Mark("measured, one mark a layer", "edit", MarkShape.Circle, filled: true);
                var random = LegendEntry.Mark("turned at random (null)", "control", MarkShape.Square, filled: false);
                Legend.Draw(svg, [measured, random], Left, lower - 58, Width - Left);
                var pairs = spectra.Select(p => (p.From, p.To)).Distinct().ToArray();
                var panelWidth = pairs.Length == 0 ? 0 : (Width - Left - 16 - (pairs.Length - 1) * 24) / pairs.Length;
                for (var i = 0; i < pairs.Length; i++)
                {
                    Change(svg, new Box(Left + i * (panelWidth + 24), lower, panelWidth, 220), pairs[i], changes, labelled: i == 0);
                }
            });
    }

    private static void Overlay(SvgWriter svg, Box area, Curve curve)
    {
        var positive = curve.Points.SelectMany(p => new[] { p.From, p.To }).Where(v => v > 0).DefaultIfEmpty(1).ToArray();
        var (low, high) = (positive.Min() * 0.8, positive.Max() * 1.25);
        var panel = Panel.Open(svg, area, new LinearScale(1, curve.Points.Max(p => p.Index), area.Left + 4, area.Right - 4), new LogScale(low, high, area.Bottom, area.Top), Wording.Matrix(curve.Part));
        panel.YAxis(Ticks.Logarithmic(low, high), Lettering.Plain);
        panel.XAxis([1, curve.Points.Max(p => p.Index)], i => Lettering.Number(i, 0), "index");
        svg.Polyline("line from wide", curve.Points.Where(p => p.From > 0).Select(p => (panel.X.Map(p.Index), panel.Y.Map(p.From))));
        svg.Polyline("line edit dashed", curve.Points.Where(p => p.To > 0).Select(p => (panel.X.Map(p.Index), panel.Y.Map(p.To))));
        panel.Close();
    }

    private static void Change(SvgWriter svg, Box area, (string From, string To) pair, IReadOnlyList<ValueChange> changes, bool labelled)
    {
        var positive = changes.SelectMany(c => new[] { c.Measured, c.Null }).Where(v => v > 0).DefaultIfEmpty(1e-3).ToArray();
        var (low, high) = (positive.Min() * 0.7, positive.Max() * 1.4);
        var own = changes.Where(c => c.From == pair.From && c.To == pair.To).ToArray();
        var parts = own.Select(c => c.Part).Distinct().ToArray();
        var panel = Panel.Open(svg, area, new LinearScale(0, parts.Length, area.Left, area.Right), new LogScale(low, high, area.Bottom, area.Top), Wording.Pair(pair.From, pair.To));
        var ticks = Ticks.Logarithmic(low, high);
        panel.YAxis(ticks, labelled ? Lettering.Plain : _ => "", labelled ? "median relative change" : null);
        svg.Line("axis", area.Left, area.Bottom, area.Right, area.Bottom);
        for (var i = 0; i < parts.Length; i++)
        {
            svg.Text("tick", panel.X.Map(i + 0.5), area.Bottom + 16, Wording.Matrix(parts[i]), "middle");
            foreach (var change in own.Where(c => c.Part == parts[i]))
            {
                Marks.Symbol(svg, "control", MarkShape.Square, filled: false, panel.X.Map(i + 0.5) + 6, panel.Y.Map(change.Null), radius: 2.5);
                Marks.Symbol(
                    svg, "edit", MarkShape.Circle, filled: true, panel.X.Map(i + 0.5) - 5, panel.Y.Map(change.Measured), $"{change.Part}, layer {change.Layer}: {Value(change.Measured)}, null {Value(change.Null)}", radius: 3, record: change.Record);
            }
        }

        panel.Close();
    }

    private static string Value(double value) => value.ToString("0.#####", CultureInfo.InvariantCulture);

    /// <summary>Geometric mean over the layers at indices spread evenly from the first to the last.</summary>
    private static IEnumerable<Curve> Curves(SpectraResult result)
    {
        foreach (var part in result.Matrices.Where(m => m.Layer >= 0).GroupBy(m => m.Part))
        {
            var rank = part.Min(m => Math.Min(m.FromValues.Length, m.ToValues.Length));
            var indices = Enumerable.Range(0, SpectrumPoints).Select(i => (int)Math.Round(i * (rank - 1.0) / (SpectrumPoints - 1))).Distinct();
            yield return new Curve(part.Key, [.. indices.Select(i => (i + 1, GeometricMean(part.Select(m => m.FromValues[i])), GeometricMean(part.Select(m => m.ToValues[i]))))]);
        }
    }

    private static double GeometricMean(IEnumerable<double> values)
    {
        var positive = values.Where(v => v > 0).ToArray();
        return positive.Length == 0 ? 0 : Elementary.Exp(positive.Sum(Elementary.Log) / positive.Length);
    }

    private static IEnumerable<ValueChange> Changes(IReadOnlyList<ClaimPair<SpectraResult>> spectra) =>
        from pair in spectra
        from m in pair.Result.Matrices
        where m.Layer >= 0
        select new ValueChange(pair.From, pair.To, m.Layer, m.Part, m.MedianValueChange, m.NullMedianValueChange, pair.Hash);

    private static FigureTable Table(IReadOnlyList<ClaimPair<SpectraResult>> spectra, ClaimPair<SpectraResult>? overlaid, IReadOnlyList<Curve> curves, IReadOnlyList<ValueChange> changes)
    {
        FigureColumn[] columns =
        [
            new("shown", "Shown as"), new("from", "From"), new("to", "To"), new("part", "Matrix"), new("layer", "Layer", 0), new("index", "Index", 0), new("valueFrom", "Value before", 5), new("valueTo", "Value after", 5),
            new("medianChange", "Median relative change", 6),
            new("nullMedianChange", "Turned at random", 6), new("record", "Record"),
        ];
        IEnumerable<IReadOnlyList<FigureCell>> change = changes.Select(c => new FigureCell[]
        {
            "change", c.From, c.To, c.Part, c.Layer, default(FigureCell), default(FigureCell), default(FigureCell), c.Measured, c.Null, Wording.Abbreviate(c.Record),
        });
        IEnumerable<IReadOnlyList<FigureCell>> spectrum =
            from c in curves
            from p in c.Points
            select new FigureCell[] { "spectrum", overlaid!.From, overlaid.To, c.Part, default(FigureCell), p.Index, p.From, p.To, default(FigureCell), default(FigureCell), Wording.Abbreviate(overlaid.Hash) };
        return new FigureTable(columns, change.Concat(spectrum));
    }

    private sealed record Curve(string Part, IReadOnlyList<(int Index, double From, double To)> Points);

    private sealed record ValueChange(string From, string To, int Layer, string Part, double Measured, double Null, string Record);
}
