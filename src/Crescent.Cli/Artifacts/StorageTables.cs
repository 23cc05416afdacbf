using Crescent.Cli.Terminal;
using Crescent.Server.Artifacts;
using Spectre.Console;

namespace Crescent.Cli.Artifacts;

/// <summary>What was found in storage, for people.</summary>
internal static class StorageTables
{
    private const int MaxRows = 50;

    public static void Write(IAnsiConsole console, StorageCheckView report)
    {
        if (report.Findings.Count > 0)
        {
            Rows(console, ["Problem", "Hash or experiment", "Size", "What it is"], report.Findings.Select(finding => (string[])[finding.Problem, Short(finding.Subject), Amounts.Bytes(finding.Bytes), finding.What]).ToList());
        }

        console.WriteLine($"{report.Verified} blobs verified ({Amounts.Bytes(report.VerifiedBytes)}), {report.Experiments} event logs looked at; {report.Expired} artifacts gone by retention, {report.Collectable} blobs to be collected ({Amounts.Bytes(report.CollectableBytes)}).");
        console.MarkupLine(report.Sound ? "[green]Everything is there.[/]" : $"[red]{string.Join(", ", report.Findings.GroupBy(finding => finding.Problem).Select(group => $"{group.Count()} {group.Key}"))}.[/] {Cure(report)}");
    }

    public static void Write(IAnsiConsole console, StorageCollectView collected)
    {
        if (collected.Blobs.Count > 0)
        {
            Rows(console, ["Hash", "Size", "Why", "What it was"], collected.Blobs.Select(blob => (string[])[Short(blob.Sha256), Amounts.Bytes(blob.Bytes), blob.Reason, blob.Name ?? ""]).ToList());
        }

        console.WriteLine($"{collected.Blobs.Count} blobs ({Amounts.Bytes(collected.Bytes)}) {(collected.DryRun ? "would be deleted" : "deleted")}.");
    }

    private static string Cure(StorageCheckView report)
    {
        var problems = report.Findings.Select(finding => finding.Problem).ToHashSet(StringComparer.Ordinal);
        return (problems.Contains("missing") || problems.Contains("damaged") ? "Restore the blobs from a backup, or run the experiments again: work whose artifacts are bad is done anew. " : "")
            + (problems.Contains("orphaned") ? "Delete orphans with `crescent storage collect`." : "");
    }

    private static string Short(string subject) => subject.Length == 64 ? subject[..12] : subject;

    private static void Rows(IAnsiConsole console, string[] columns, List<string[]> rows)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn($"[grey]{column}[/]"));
        }

        foreach (var row in rows.Take(MaxRows))
        {
            table.AddRow([.. row.Select(Markup.Escape)]);
        }

        console.Write(table);
        if (rows.Count > MaxRows)
        {
            console.WriteLine($"... and {rows.Count - MaxRows} more; -o json has them all.");
        }
    }
}
