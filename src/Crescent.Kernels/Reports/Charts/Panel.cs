namespace Crescent.Kernels.Reports.Charts;

/// <summary>A rectangle of the drawing, in pixels.</summary>
public readonly record struct Box(double Left, double Top, double Width, double Height)
{
    public double Right => Left + Width;
    public double Bottom => Top + Height;
}

/// <summary>One plot: its area, its scales, and the axes around it. Marks are drawn through <see cref="Marks"/>.</summary>
public sealed record Panel(SvgWriter Svg, Box Area, Scale X, Scale Y)
{
    private const double TickSize = 11;

    /// <summary>Opens a panel: a group named by what it shows, its ground, and its heading above the upper left corner.</summary>
    public static Panel Open(SvgWriter svg, Box area, Scale x, Scale y, string heading)
    {
        ArgumentNullException.ThrowIfNull(svg);
        svg.Open("g", ("class", "panel"), ("role", "group"), ("aria-label", heading));
        svg.Rectangle("plot", area.Left, area.Top, area.Width, area.Height);
        svg.Text("heading", area.Left, area.Top - 10, heading);
        return new Panel(svg, area, x, y);
    }

    public void Close() => Svg.Close();

    /// <summary>Horizontal grid lines with labels on the left, and the axis label reading upwards beside them.</summary>
    public void YAxis(IReadOnlyList<double> ticks, Func<double, string> label, string? title = null)
    {
        ArgumentNullException.ThrowIfNull(ticks);
        ArgumentNullException.ThrowIfNull(label);
        foreach (var tick in ticks)
        {
            var y = Y.Map(tick);
            Svg.Line("grid", Area.Left, y, Area.Right, y);
            Svg.Text("tick", Area.Left - 8, y + 4, label(tick), "end");
        }

        if (title is not null)
        {
            var width = ticks.Select(t => Lettering.Width(label(t), TickSize)).DefaultIfEmpty(0).Max();
            Svg.TextUpwards("axis-label", Area.Left - width - 16, Area.Top + Area.Height / 2, title);
        }
    }

    /// <summary>The lower edge, with as many of the ticks labelled as fit, and the axis label under them.</summary>
    public void XAxis(IReadOnlyList<double> ticks, Func<double, string> label, string? title = null)
    {
        ArgumentNullException.ThrowIfNull(ticks);
        ArgumentNullException.ThrowIfNull(label);
        Svg.Line("axis", Area.Left, Area.Bottom, Area.Right, Area.Bottom);
        foreach (var tick in ticks)
        {
            Svg.Line("axis", X.Map(tick), Area.Bottom, X.Map(tick), Area.Bottom + 4);
        }

        foreach (var tick in Ticks.Thin(ticks, X, t => Lettering.Width(label(t), TickSize), 6))
        {
            Svg.Text("tick", X.Map(tick), Area.Bottom + 17, label(tick), "middle");
        }

        if (title is not null)
        {
            Svg.Text("axis-label", Area.Left + Area.Width / 2, Area.Bottom + 35, title, "middle");
        }
    }
}
