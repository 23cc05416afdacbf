using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Crescent.Kernels.Reports;

/// <param name="Name">Key in CSV and JSON: <c>accuracy</c>.</param>
/// <param name="Label">Heading for people.</param>
/// <param name="Decimals">Decimals that its numbers are rounded to; null: text.</param>
public sealed record FigureColumn(string Name, string Label, int? Decimals = null);

/// <summary>One cell: text, a number, or nothing.</summary>
public readonly record struct FigureCell(string? Text, double? Number)
{
    public static implicit operator FigureCell(string? text) => new(text, null);

    public static implicit operator FigureCell(double number) => new(null, number);

    public static implicit operator FigureCell(double? number) => new(null, number);

    public static implicit operator FigureCell(int number) => new(null, number);
}

/// <summary>The data of a figure. Numbers are rounded once, here, so that drawing, CSV, JSON and page all show the same ones. A number that is not finite is an empty cell.</summary>
public sealed class FigureTable
{
    public FigureTable(IReadOnlyList<FigureColumn> columns, IEnumerable<IReadOnlyList<FigureCell>> rows)
    {
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentNullException.ThrowIfNull(rows);
        Columns = columns;
        Rows = [.. rows.Select(row => Round(columns, row))];
    }

    public IReadOnlyList<FigureColumn> Columns { get; }

    public IReadOnlyList<IReadOnlyList<FigureCell>> Rows { get; }

    /// <summary>A cell as it is written in CSV, JSON and tables: invariant, no trailing zeros, empty for nothing.</summary>
    public static string Format(FigureCell cell) => cell.Number is { } number ? number.ToString("0.############", CultureInfo.InvariantCulture) : cell.Text ?? "";

    /// <summary>RFC 4180 with LF line ends and a header row.</summary>
    public string ToCsv()
    {
        var csv = new StringBuilder();
        csv.AppendJoin(',', Columns.Select(c => Quote(c.Name))).Append('\n');
        foreach (var row in Rows)
        {
            csv.AppendJoin(',', row.Select(cell => Quote(Format(cell)))).Append('\n');
        }

        return csv.ToString();
    }

    /// <summary>Writes <c>"columns"</c> and <c>"rows"</c>, each row an object by column name, into an open object.</summary>
    public void WriteJson(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteStartArray("columns");
        foreach (var column in Columns)
        {
            json.WriteStartObject();
            json.WriteString("name", column.Name);
            json.WriteString("label", column.Label);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("rows");
        foreach (var row in Rows)
        {
            json.WriteStartObject();
            foreach (var (column, cell) in Columns.Zip(row))
            {
                json.WritePropertyName(column.Name);
                if (cell.Number is not null)
                {
                    json.WriteRawValue(Format(cell));
                }
                else
                {
                    json.WriteStringValue(cell.Text);
                }
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static FigureCell[] Round(IReadOnlyList<FigureColumn> columns, IReadOnlyList<FigureCell> row)
    {
        if (row.Count != columns.Count)
        {
            throw new ArgumentException($"A row has {row.Count} cells, the table {columns.Count} columns.");
        }

        return [.. columns.Zip(row, (column, cell) => cell.Number switch
        {
            null => cell,
            { } number when !double.IsFinite(number) => new FigureCell(null, null),
            { } number => new FigureCell(null, Math.Round(number, column.Decimals ?? 0, MidpointRounding.AwayFromZero) is var r && r == 0 ? 0 : r),
        })];
    }

    private static string Quote(string value) => value.AsSpan().ContainsAny("\",\n\r") ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;
}
