using Crescent.Cli.Terminal;
using Crescent.Server.Workers;
using Spectre.Console;

namespace Crescent.Cli.Workers;

/// <summary>Workers as a table.</summary>
internal static class WorkerTable
{
    public static void Write(IAnsiConsole console, IReadOnlyList<WorkerView> workers, DateTimeOffset now)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in (string[])["Name", "State", "Busy", "Offers", "Kernels", "Up", "Heard"])
        {
            table.AddColumn(new TableColumn($"[grey]{column}[/]") { NoWrap = column != "Offers" });
        }

        foreach (var worker in workers)
        {
            table.AddRow(
                Markup.Escape(worker.Name),
                $"[{Color(worker.State)}]{Markup.Escape(worker.State)}[/]",
                worker.Slots == 0 ? "[grey]no slots[/]" : $"{worker.Busy}/{worker.Slots}",
                worker.Slots == 0 ? "" : Markup.Escape(Offers(worker)),
                worker.SameCode ? "[grey]same[/]" : $"[yellow]other: {Markup.Escape(worker.CodeHash[..Math.Min(8, worker.CodeHash.Length)])}[/]",
                Amounts.Duration((now - worker.StartedAt).TotalSeconds),
                worker.State == "silent" ? $"{Amounts.Duration((now - worker.HeardAt).TotalSeconds)} ago" : "now");
        }

        console.Write(table);
        if (!workers.Any(worker => worker is { State: "active", Slots: > 0, SameCode: true }))
        {
            console.MarkupLine("[yellow]No worker takes this server's jobs. Start one in the server's version: crescent worker run[/]");
        }
    }

    private static string Offers(WorkerView worker) => string.Join(", ", (string[])
    [
        .. worker.Engines,
        .. worker.Accelerators,
        .. worker.MemoryMiB is { } memory ? [Amounts.Bytes((long)memory << 20)] : Array.Empty<string>(),
        .. worker.Labels,
    ]);

    private static string Color(string state) => state switch
    {
        "active" => "green",
        "draining" => "yellow",
        _ => "red",
    };
}
