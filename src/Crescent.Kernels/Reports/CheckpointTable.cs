using System.Globalization;
using System.Text;
using Crescent.Kernels.Statistics;

namespace Crescent.Kernels.Reports;

/// <summary>ID and OOD accuracy by SFT checkpoint as plain text for a terminal: estimates with 95 % intervals in brackets, and what RL made of each checkpoint.</summary>
public static class CheckpointTable
{
    public static string Render(ExperimentResultDocument result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var within = $"within {result.Tries}";
        List<string[]> rows =
        [
            ["SFT", "ID", "ID", "OOD", "OOD", "RL from it: ID", "RL from it: OOD", "OOD gain of RL"],
            ["step", "first try", within, "first try", within, within, within, within],
        ];
        foreach (var c in result.Checkpoints)
        {
            rows.Add(
            [
                Text($"{c.Step}{(c.Step == result.BestStep ? "*" : "")}"),
                Interval(c.InDistribution.FirstTry), Interval(c.InDistribution.WithinTries), Interval(c.OutOfDistribution.FirstTry), Interval(c.OutOfDistribution.WithinTries),
                c.Recovery is { } r ? Interval(r.InDistribution.WithinTries) : "-", c.Recovery is { } o ? Interval(o.OutOfDistribution.WithinTries) : "-", c.Recovery is { } g ? Gain(g.Gain.OutOfDistribution.WithinTries) : "-",
            ]);
        }

        if (result.Checkpoints.Any(c => c.HeldOut is not null))
        {
            Widen(rows, result.Checkpoints);
        }

        var widths = Enumerable.Range(0, rows[0].Length).Select(i => rows.Max(r => r[i].Length)).ToArray();
        var text = new StringBuilder();
        for (var i = 0; i < rows.Count; i++)
        {
            text.AppendJoin("  ", rows[i].Select((cell, column) => column == 0 ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]))).Append('\n');
            if (i == 1)
            {
                text.AppendJoin("  ", widths.Select(w => new string('-', w))).Append('\n');
            }
        }

        var lines = text.ToString().Split('\n').Select(line => line.TrimEnd());
        var (episodes, clusters) = result.Checkpoints.Select(c => (c.OutOfDistribution.FirstTry.Episodes, c.OutOfDistribution.FirstTry.Clusters)).FirstOrDefault();
        return string.Join('\n', lines) + Text($"* best OOD on separate deals. 95 % intervals clustered by value multiset; OOD: {episodes} episodes, {clusters} multisets.\n");
    }

    /// <summary>With what the held-out variant shows, in two columns at the right.</summary>
    private static void Widen(List<string[]> rows, IReadOnlyList<CheckpointResult> checkpoints)
    {
        rows[0] = [.. rows[0], "Held out", "RL from it: held out"];
        rows[1] = [.. rows[1], "first try", rows[1][^1]];
        foreach (var (i, c) in checkpoints.Index())
        {
            rows[i + 2] = [.. rows[i + 2], c.HeldOut is { } held ? Interval(held.FirstTry) : "-", c.Recovery?.HeldOut is { } recovered ? Interval(recovered.WithinTries) : "-"];
        }
    }

    private static string Interval(AccuracyInterval a) => Text($"{a.Accuracy:.000} [{a.Low:.00} {a.High:.00}]");

    private static string Gain(DifferenceInterval d) => Text($"{d.Difference:+.000;-.000;.000} [{d.Low:+.000;-.000;.000} {d.High:+.000;-.000;.000}]");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
