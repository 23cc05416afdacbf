using Crescent.Kernels.Claims;
using Crescent.Kernels.Numerics;
using Crescent.Kernels.Reports.Charts;
using Crescent.Kernels.Spectra;

namespace Crescent.Kernels.Reports.Figures;

/// <summary>Figure <c>directions</c>: how far each singular direction turned, by index, beside its null, for one pair of checkpoints.</summary>
public static class DirectionsFigure
{
    private const double Width = 840;
    private const double Left = 74;
    private const double SmallHeight = 126;
    private const int Columns = 4;

    public static Figure Draw(IReadOnlyList<ClaimPair<SpectraResult>> spectra)
    {
        ArgumentNullException.ThrowIfNull(spectra);
        var pair = spectra.FirstOrDefault(p => p is { From: "best", To: "end" }) ?? spectra[0];
        var parts = pair.Result.Matrices.Where(m => m.Layer >= 0 && m.Directions.Count > 0).GroupBy(m => m.Part).Select(g => (Part: g.Key, Points: Points([.. g]))).ToArray();
        var rows = (parts.Length + Columns - 1) / Columns;
        return Figure.Draw(
            "directions",
            "Which singular directions turn",
            $"Angle in degrees between the singular vectors of the same index at {Wording.End(pair.From)} and {Wording.End(pair.To)} (left and right side, geometric mean over the layers), on logarithmic axes. "
                + "Grey: the null, the same change turned at random, for the leading directions. Values nearer than a thousandth of the largest share one mark, the largest angle of their common subspace: inside such a cluster single vectors mean nothing.",
            Width,
            46 + rows * (SmallHeight + 72),
            Table(pair),
            svg =>
            {
                Legend.Draw(svg, [LegendEntry.Mark("measured", "edit", MarkShape.Circle, filled: true), LegendEntry.Mark("turned at random (null)", "control", MarkShape.Square, filled: false)], Left, 2, Width - Left);
                for (var i = 0; i < parts.Length; i++)
                {
                    const double Step = (Width - Left + 34) / Columns;
                    Part(svg, new Box(Left + i % Columns * Step, 56 + i / Columns * (SmallHeight + 72), Step - 46, SmallHeight), parts[i].Part, parts[i].Points, pair.Hash);
                }
            });
    }

    private static void Part(SvgWriter svg, Box area, string part, IReadOnlyList<Point> points, string record)
    {
        var positive = points.SelectMany(p => new[] { p.Angle, p.Null ?? 0 }).Where(angle => angle > 0).DefaultIfEmpty(1).ToArray();
        var (low, high, last) = (positive.Min() * 0.8, positive.Max() * 1.25, Math.Max(2, points.Max(p => p.Index)));
        var panel = Panel.Open(svg, area, new LogScale(1, last, area.Left + 4, area.Right - 4), new LogScale(low, high, area.Bottom, area.Top), Wording.Matrix(part));
        panel.YAxis(Ticks.Logarithmic(low, high), Lettering.Plain);
        panel.XAxis([1, last], i => Lettering.Number(i, 0), "index");
        foreach (var point in points.Where(p => p.Null > 0))
        {
            Marks.Symbol(svg, "control", MarkShape.Square, filled: false, panel.X.Map(point.Index), panel.Y.Map(point.Null!.Value), radius: 1.5);
        }

        foreach (var point in points.Where(p => p.Angle > 0))
        {
            Marks.Symbol(svg, "edit", MarkShape.Circle, filled: true, panel.X.Map(point.Index), panel.Y.Map(point.Angle), radius: 1.75, record: record);
        }

        panel.Close();
    }

    /// <summary>Geometric means over the layers by first index; a layer whose cluster begins elsewhere has no point there.</summary>
    private static Point[] Points(IReadOnlyList<MatrixSpectrum> layers) =>
    [
        .. from direction in layers.SelectMany(layer => layer.Directions)
           group direction by direction.First into same
           orderby same.Key
           let angles = same.SelectMany(d => new[] { d.LeftAngle, d.RightAngle }).Where(angle => angle > 0).ToArray()
           let nulls = same.Where(d => d.NullAngle > 0).Select(d => d.NullAngle!.Value).ToArray()
           select new Point(same.Key + 1, Degrees(GeometricMean(angles)), nulls.Length == 0 ? null : Degrees(GeometricMean(nulls))),
    ];

    private static double GeometricMean(double[] positive) => positive.Length == 0 ? 0 : Elementary.Exp(positive.Sum(Elementary.Log) / positive.Length);

    private static double Degrees(double radians) => radians * (180 / Math.PI);

    private static FigureTable Table(ClaimPair<SpectraResult> pair)
    {
        FigureColumn[] columns =
        [
            new("from", "From"), new("to", "To"), new("layer", "Layer", 0), new("matrix", "Matrix"), new("index", "First index", 0), new("count", "Values", 0), new("leftAngle", "Left, degrees", 6), new("rightAngle", "Right, degrees", 6),
            new("nullAngle", "Turned at random", 6), new("belowRounding", "Below rounding"), new("record", "Record"),
        ];
        IEnumerable<IReadOnlyList<FigureCell>> rows =
            from m in pair.Result.Matrices
            from d in m.Directions
            select new FigureCell[]
            {
                pair.From, pair.To, m.Layer, m.Part, d.First + 1, d.Count, Degrees(d.LeftAngle), Degrees(d.RightAngle), d.NullAngle is { } angle ? Degrees(angle) : default(FigureCell), d.BelowRounding ? "yes" : "no", Wording.Abbreviate(pair.Hash),
            };
        return new FigureTable(columns, rows);
    }

    /// <param name="Index">From 1.</param>
    private sealed record Point(int Index, double Angle, double? Null);
}
