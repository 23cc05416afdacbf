using Crescent.Kernels.Numerics;
using Crescent.Kernels.Reports.Charts;
using Crescent.Kernels.Spectra;

namespace Crescent.Kernels.Reports.Figures;

/// <summary>Figure <c>heads</c>: rotation of the products of each head, over its null. Single factors can be turned inside a head without changing the model; the products cannot.</summary>
public static class HeadsFigure
{
    private const double Width = 840;
    private const double Left = 70;
    private const double Gap = 40;
    private const double MapWidth = (Width - Left - Gap - 12) / 2;
    private const double Header = 58;

    /// <summary>Share of the rank that is drawn; the table has all.</summary>
    private const double DrawnShare = 0.25;

    public static Figure Draw(ExperimentResultDocument result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var pairs = result.Heads.GroupBy(m => (m.From, m.To)).ToArray();
        double RowHeight(IEnumerable<MatrixResult> heads) => heads.Select(m => m.Layer).Distinct().Count() <= 12 ? 25 : 16;
        double Height(IGrouping<(string, string), MatrixResult> pair) => Header + RowHeight(pair) * pair.Select(m => m.Layer).Distinct().Count() + 34;
        return Figure.Draw(
            "heads",
            "Rotation inside the heads, beyond any choice of basis",
            "Mean principal angle of the leading quarter of the directions of W_q\u1d40W_k (what a head attends to, at relative position 0) and W_oW_v (what it writes for what it reads), over the null: the same change turned at random. "
                + "A single factor can be turned inside its head without changing the model, these products cannot. 1 is chance. Empty cells lie below the rounding of 32-bit numbers.",
            Width,
            Math.Max(40, pairs.Sum(Height)),
            Table(result),
            svg =>
            {
                var top = 0.0;
                foreach (var pair in pairs)
                {
                    svg.Open("g", ("class", "panel"), ("role", "group"), ("aria-label", $"Products of heads, {Wording.Pair(pair.Key.From, pair.Key.To)}"));
                    svg.Text("heading", Left, top + 18, Wording.Pair(pair.Key.From, pair.Key.To));
                    Map(svg, [.. pair], ComparedMatrix.QueryKey, "W_q\u1d40W_k: measured / null", Left, top, RowHeight(pair), rowLabels: true);
                    Map(svg, [.. pair], ComparedMatrix.OutputValue, "W_oW_v: measured / null", Left + MapWidth + Gap, top, RowHeight(pair), rowLabels: false);
                    svg.Close();
                    top += Height(pair);
                }
            });
    }

    private static void Map(SvgWriter svg, MatrixResult[] pair, string part, string heading, double left, double top, double rowHeight, bool rowLabels)
    {
        var layers = pair.Select(m => m.Layer).Distinct().Order().ToArray();
        var heads = pair.Select(m => m.Head ?? 0).Distinct().Order().ToArray();
        var cells = pair.Where(m => m.Part == part && m.Rotations.Count > 0).ToDictionary(m => (m.Layer, m.Head ?? 0));
        Box area = new(left, top + Header - 8, MapWidth, rowHeight * layers.Length);
        svg.Text("note", area.Left, area.Top - 8, heading);
        HeatMap.Draw(
            svg,
            area,
            [.. layers.Select(l => $"layer {l}")],
            [.. heads.Select(h => $"head {h}")],
            (row, column) => cells.TryGetValue((layers[row], heads[column]), out var m) ? Ratio(m) : null,
            ratio => HeatMap.DivergingColour(0.5 + 0.5 * Elementary.Log(ratio) / Elementary.Log(2.5)),
            ratio => Lettering.Number(ratio, 2),
            rowLabels,
            (row, column) => cells.TryGetValue((layers[row], heads[column]), out var m) ? m.Record : null);
    }

    private static double? Ratio(MatrixResult matrix) =>
        matrix.Rotations.MinBy(r => Math.Abs(r.RankShare - DrawnShare)) is { BelowRounding: false, MeanAngle: > 0, HaarMeanAngle: > 0 } rotation ? rotation.MeanAngle / rotation.HaarMeanAngle : null;

    private static FigureTable Table(ExperimentResultDocument result)
    {
        FigureColumn[] columns =
        [
            new("from", "From"), new("to", "To"), new("layer", "Layer", 0), new("head", "Head", 0), new("product", "Product"), new("rankShare", "Share of the rank", 2), new("k", "k", 0),
            new("angle", "Angle, radians", 6), new("haarNull", "Turned at random", 6), new("gaussianNull", "Gaussian", 6), new("medianChange", "Median change of values", 6), new("nullMedianChange", "Turned at random", 6),
            new("belowRounding", "Below rounding"), new("record", "Record"),
        ];
        IEnumerable<IReadOnlyList<FigureCell>> rows =
            from m in result.Heads
            from r in m.Rotations
            select new FigureCell[]
            {
                m.From, m.To, m.Layer, m.Head ?? 0, m.Part, r.RankShare, r.K, r.MeanAngle, r.HaarMeanAngle, r.NullMeanAngle, m.MedianValueChange, m.NullMedianValueChange, r.BelowRounding ? "yes" : "no", Wording.Abbreviate(m.Record),
            };
        return new FigureTable(columns, rows);
    }
}
