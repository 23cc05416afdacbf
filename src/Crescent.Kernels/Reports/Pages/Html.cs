using System.Text;
using Crescent.Kernels.Reports.Charts;

namespace Crescent.Kernels.Reports.Pages;

/// <summary>HTML as text with what is interpolated escaped: <c>html.Add($"&lt;p&gt;{question}&lt;/p&gt;")</c>. Markup is passed through <see cref="Raw"/>.</summary>
public sealed class Html
{
    private readonly StringBuilder text = new();

    public Html Add(FormattableString markup)
    {
        ArgumentNullException.ThrowIfNull(markup);
        object?[] escaped = [.. markup.GetArguments().Select(argument => (object?)SvgWriter.Escape(Convert.ToString(argument, System.Globalization.CultureInfo.InvariantCulture) ?? ""))];
        text.AppendFormat(System.Globalization.CultureInfo.InvariantCulture, markup.Format, escaped).Append('\n');
        return this;
    }

    /// <summary>Adds markup as it is.</summary>
    public Html Raw(string markup)
    {
        text.Append(markup).Append('\n');
        return this;
    }

    /// <summary>A table of cells already formatted; those of <paramref name="numeric"/> columns align right.</summary>
    public Html Table(IEnumerable<string> heads, IEnumerable<IEnumerable<string>> rows, Func<int, bool> numeric)
    {
        ArgumentNullException.ThrowIfNull(heads);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(numeric);
        Raw("""<div class="scroll"><table>""").Raw("<thead><tr>" + Cells("th", heads, numeric) + "</tr></thead>").Raw("<tbody>");
        foreach (var row in rows)
        {
            Raw("<tr>" + Cells("td", row, numeric) + "</tr>");
        }

        return Raw("</tbody></table></div>");
    }

    public override string ToString() => text.ToString();

    private static string Cells(string element, IEnumerable<string> cells, Func<int, bool> numeric) =>
        string.Concat(cells.Select((cell, i) => $"<{element}{(numeric(i) ? " class=\"number\"" : "")}>{SvgWriter.Escape(cell)}</{element}>"));
}
