using Crescent.Kernels.Numerics;
using Crescent.Kernels.Reports.Charts;

namespace Crescent.Kernels.Reports.Figures;

/// <summary>Figure <c>angles</c>: how far the leading singular subspaces rotated, layer by matrix, beside what a random change of the same size does.</summary>
public static class AnglesFigure
{
    private const double Width = 840;
    private const double Left = 70;
    private const double Gap = 20;
    private const double MapWidth = (Width - Left - 2 * Gap - 12) / 3;

    /// <summary>Share of the rank that the claims are about.</summary>
    private const double ClaimShare = 0.10;

    public static Figure Draw(ExperimentResultDocument result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var pairs = result.Spectra.Where(m => m.Layer >= 0).GroupBy(m => (m.From, m.To)).Select(g => Maps.Of(g.Key.From, g.Key.To, [.. g])).ToArray();
        return Figure.Draw(
            "angles",
            "How far the leading singular vectors rotate",
            "Mean principal angle, in degrees, between the leading 10 % of the singular directions (left and right) of two checkpoints. "
                + "Left: measured. Middle: the null, the same change of weights turned at random, with its norm and singular values kept. "
                + "Right: measured over null; above 1 training turned the leading directions further than chance does. The colours of a row share one scale. Empty cells lie below the rounding of 32-bit numbers.",
            Width,
            Math.Max(40, pairs.Sum(p => p.Height)),
            Table(result),
            svg =>
            {
                var top = 0.0;
                foreach (var pair in pairs)
                {
                    pair.Draw(svg, top);
                    top += pair.Height;
                }
            });
    }

    private static FigureTable Table(ExperimentResultDocument result)
    {
        FigureColumn[] columns =
        [
            new("from", "From"), new("to", "To"), new("layer", "Layer", 0), new("matrix", "Matrix"), new("rankShare", "Share of the rank", 2), new("k", "k", 0), new("angle", "Angle, degrees", Wording.Decimals),
            new("haarNull", "Turned at random", Wording.Decimals), new("gaussianNull", "Gaussian", Wording.Decimals), new("gaussianLow", "Low", Wording.Decimals), new("gaussianHigh", "High", Wording.Decimals),
            new("unrelated", "Unrelated", Wording.Decimals), new("belowRounding", "Below rounding"), new("record", "Record"),
        ];
        IEnumerable<IReadOnlyList<FigureCell>> rows =
            from m in result.Spectra
            from r in m.Rotations
            select new FigureCell[]
            {
                m.From, m.To, m.Layer, m.Matrix, r.RankShare, r.K, Degrees(r.MeanAngle), Degrees(r.HaarMeanAngle), Degrees(r.NullMeanAngle), Degrees(r.NullLow), Degrees(r.NullHigh), Degrees(r.UnrelatedMeanAngle),
                r.BelowRounding ? "yes" : "no", Wording.Abbreviate(m.Record),
            };
        return new FigureTable(columns, rows);
    }

    private static double Degrees(double radians) => radians * (180 / Math.PI);

    /// <summary>The three maps of one pair of checkpoints.</summary>
    private sealed record Maps(string From, string To, int[] Layers, string[] Parts, IReadOnlyDictionary<(int, string), RotationResult> Rotations, string Record)
    {
        private const double Header = 58;
        private double RowHeight => Layers.Length <= 12 ? 25 : 16;

        public double Height => Header + RowHeight * Layers.Length + 34;

        public static Maps Of(string from, string to, IReadOnlyList<MatrixResult> matrices) => new(
            from,
            to,
            [.. matrices.Select(m => m.Layer).Distinct().Order()],
            [.. matrices.Select(m => m.Part).Distinct()],
            matrices.Where(m => m.Rotations.Count > 0).ToDictionary(m => (m.Layer, m.Part), m => m.Rotations.MinBy(r => Math.Abs(r.RankShare - ClaimShare))!),
            matrices[0].Record);

        public void Draw(SvgWriter svg, double top)
        {
            var greatest = Rotations.Values.SelectMany(r => new[] { r.MeanAngle, r.HaarMeanAngle }).DefaultIfEmpty(0).Max();
            var decimals = Degrees(greatest) >= 10 ? 1 : 2;
            (string, bool) Colour(double angle) => HeatMap.SequentialColour(greatest > 0 ? angle / greatest : 0);
            svg.Open("g", ("class", "panel"), ("role", "group"), ("aria-label", $"Principal angles, {Wording.Pair(From, To)}"));
            svg.Text("heading", Left, top + 18, Wording.Pair(From, To));
            Map(svg, 0, top, "measured, degrees", r => r.BelowRounding ? null : r.MeanAngle, Colour, a => Lettering.Number(Degrees(a), decimals));
            Map(svg, 1, top, "turned at random (null), degrees", r => r.HaarMeanAngle, Colour, a => Lettering.Number(Degrees(a), decimals));
            Map(svg, 2, top, "measured / null", Ratio, ratio => HeatMap.DivergingColour(0.5 + 0.5 * Elementary.Log(ratio) / Elementary.Log(2.5)), ratio => Lettering.Number(ratio, 2));
            svg.Close();
        }

        private void Map(SvgWriter svg, int position, double top, string heading, Func<RotationResult, double?> value, Func<double, (string, bool)> colour, Func<double, string> label)
        {
            Box area = new(Left + position * (MapWidth + Gap), top + Header - 8, MapWidth, RowHeight * Layers.Length);
            svg.Text("note", area.Left, area.Top - 8, heading);
            HeatMap.Draw(
                svg,
                area,
                [.. Layers.Select(l => $"layer {l}")],
                [.. Parts.Select(Wording.Matrix)],
                (row, column) => Rotations.TryGetValue((Layers[row], Parts[column]), out var rotation) ? value(rotation) : null,
                colour,
                label,
                rowLabels: position == 0,
                (_, _) => Record);
        }

        private static double? Ratio(RotationResult rotation) => rotation is { BelowRounding: false, MeanAngle: > 0, HaarMeanAngle: > 0 } ? rotation.MeanAngle / rotation.HaarMeanAngle : null;
    }
}
