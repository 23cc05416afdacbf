using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using Crescent.Kernels.Claims;
using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Reports;
using Crescent.Kernels.Reports.Charts;

namespace Crescent.Kernels.Tests.Reports;

public sealed class FigureTests
{
    private static readonly Dictionary<string, Figure> Figures = Cases().SelectMany(c => Draw(c.Inputs).Select(f => (Key: $"{c.Case}/{f.Name}", f))).ToDictionary(StringComparer.Ordinal);

    /// <summary><c>case/figure</c>.</summary>
    public static TheoryData<string> Names => [.. Figures.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void ToSvg_AnyFigure_IsWellFormedTitledAndDescribed(string name)
    {
        var root = XDocument.Parse(Get(name).ToSvg()).Root!;

        var ids = root.Descendants().Attributes("id").Select(a => a.Value).ToArray();
        Assert.Equal(ids.Distinct(), ids);
        Assert.Equal([$"{Get(name).Name}-title", $"{Get(name).Name}-caption"], ((string?)root.Attribute("aria-labelledby"))!.Split(' '));
        Assert.Contains($"{Get(name).Name}-title", ids);
        Assert.Contains("prefers-color-scheme: dark", root.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ToSvg_AnyFigure_KeepsEveryMarkInsideAPlot(string name)
    {
        foreach (var panel in Elements(name, "g").Where(g => Class(g) == "panel" && g.Elements().Any(e => Class(e) == "plot")))
        {
            var plot = panel.Elements().First(e => Class(e) == "plot");
            var (left, top) = (Number(plot, "x"), Number(plot, "y"));
            var (right, bottom) = (left + Number(plot, "width"), top + Number(plot, "height"));
            var points = panel.Descendants().Where(e => Class(e).Split(' ')[0] is "mark" or "line" or "band" or "whisker" or "bar" or "arrow").SelectMany(Points).ToArray();
            Assert.True(points.Length > 0 || panel.Elements().Any(e => e.Value.StartsWith("nothing", StringComparison.Ordinal)), "An empty panel says why.");
            Assert.All(points, p =>
            {
                Assert.InRange(p.X, left - 6, right + 6);
                Assert.InRange(p.Y, top - 6, bottom + 6);
            });
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ToSvg_AnyFigure_KeepsTextInsideTheDrawingAndApart(string name)
    {
        var figure = Get(name);
        var boxes = Elements(name, "text").Select(t => (Text: t.Value, Box: TextBox(t))).Where(t => t.Text.Length > 0).ToArray();

        Assert.All(boxes, t =>
        {
            Assert.InRange(t.Box.Left, 0, figure.Width);
            Assert.InRange(t.Box.Right, 0, figure.Width);
            Assert.InRange(t.Box.Bottom, -50, figure.Height);
        });
        for (var i = 0; i < boxes.Length; i++)
        {
            for (var j = i + 1; j < boxes.Length; j++)
            {
                var (a, b) = (boxes[i].Box, boxes[j].Box);
                Assert.False(a.Left < b.Right && b.Left < a.Right && a.Top < b.Bottom && b.Top < a.Bottom, $"'{boxes[i].Text}' lies over '{boxes[j].Text}'.");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ToCsv_ParsedBack_IsTheTable(string name)
    {
        var table = Get(name).Table;

        var lines = Get(name).ToCsv().TrimEnd('\n').Split('\n').Select(line => line.Split(',')).ToArray();

        Assert.Equal(table.Columns.Select(c => c.Name), lines[0]);
        Assert.Equal(table.Rows.Select(r => r.Select(FigureTable.Format)), lines.Skip(1));
        Assert.Equal(table.Columns.Select(c => c.Name).Distinct(), lines[0]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ToJson_AnyFigure_HoldsTheNumbersOfTheCsv(string name)
    {
        var table = Get(name).Table;
        using var json = JsonDocument.Parse(Get(name).ToJson());

        var rows = json.RootElement.GetProperty("rows").EnumerateArray().ToArray();

        Assert.Equal(table.Rows.Count, rows.Length);
        foreach (var (row, cells) in rows.Zip(table.Rows))
        {
            foreach (var (column, cell) in table.Columns.Zip(cells))
            {
                var value = row.GetProperty(column.Name);
                Assert.Equal(FigureTable.Format(cell), value.ValueKind switch { JsonValueKind.Null => "", JsonValueKind.String => value.GetString(), _ => value.GetRawText() });
            }
        }
    }

    /// <summary>A usual experiment, and ones that leave little to draw.</summary>
    private static IEnumerable<(string Case, ClaimInputs Inputs)> Cases()
    {
        var full = SyntheticExperiment.Inputs(SyntheticExperiment.Spec);
        ClaimInputs With(Func<ClaimPoint, bool> keep, EvaluationRecord? record = null) => full with { Points = [.. full.Points.Where(keep).Select(p => record is null ? p : p with { Record = record })] };
        yield return ("full", full);
        yield return ("nothing-solved", With(_ => true, SyntheticExperiment.Record(0, 0, 0, 1)));
        yield return ("everything-solved", With(_ => true, SyntheticExperiment.Record(1, 1, 1, 1)));
        yield return ("one-checkpoint", With(p => p.Step == 300));
        yield return ("base-only", With(p => p is { Role: ReportRoles.Sft, Step: 0 }) with { BestStep = 0, EndStep = 0 });
        yield return ("best-at-the-end", full with { BestStep = 800 });
    }

    private static IReadOnlyList<Figure> Draw(ClaimInputs inputs) =>
        ReportFigures.All(ExperimentFindings.Of(SyntheticExperiment.Spec with { BestStep = inputs.BestStep, EndStep = inputs.EndStep }, inputs), inputs.Spectra);

    private static Figure Get(string name) => Figures[name];

    private static IEnumerable<XElement> Elements(string name, string element) => XDocument.Parse(Get(name).ToSvg()).Root!.Descendants().Where(e => e.Name.LocalName == element);

    private static string Class(XElement element) => (string?)element.Attribute("class") ?? "";

    private static double Number(XElement element, string attribute) => double.Parse(element.Attribute(attribute)!.Value, CultureInfo.InvariantCulture);

    private static IEnumerable<(double X, double Y)> Points(XElement e) => e.Name.LocalName switch
    {
        "circle" => [(Number(e, "cx"), Number(e, "cy"))],
        "rect" => [(Number(e, "x"), Number(e, "y")), (Number(e, "x") + Number(e, "width"), Number(e, "y") + Number(e, "height"))],
        "line" => [(Number(e, "x1"), Number(e, "y1")), (Number(e, "x2"), Number(e, "y2"))],
        _ => e.Attribute("points")!.Value.Split(' ').Select(p => p.Split(',')).Select(p => (double.Parse(p[0], CultureInfo.InvariantCulture), double.Parse(p[1], CultureInfo.InvariantCulture))),
    };

    /// <summary>Where a text lies, by the estimate of <see cref="Lettering"/>, with a pixel of mercy.</summary>
    private static Box TextBox(XElement text)
    {
        var size = Class(text).Split(' ')[0] switch { "title" => 17, "heading" => 13, "tick" or "note" => 11, "cell" => 10.5, _ => 12.0 };
        var width = Lettering.Width(text.Value, size);
        if ((string?)text.Attribute("transform") is { } transform)
        {
            var at = transform.Split('(', ')')[1].Split(' ').Select(v => double.Parse(v, CultureInfo.InvariantCulture)).ToArray();
            return new Box(at[0] - size + 2, at[1] - width / 2, size - 2, width);
        }

        var x = Number(text, "x") - (string)text.Attribute("text-anchor")! switch { "middle" => width / 2, "end" => width, _ => 0 };
        return new Box(x + 1, Number(text, "y") - size * 0.8 + 1, width - 2, size - 2);
    }
}
