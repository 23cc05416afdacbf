using System.CommandLine;
using System.Globalization;
using Crescent.Cli.Terminal;
using Crescent.Server;
using Crescent.Server.Hosting;

namespace Crescent.Cli.Serving;

/// <summary><c>crescent dev</c> and <c>crescent worker run</c>: the server in the foreground, by role.</summary>
internal static class DevCommand
{
    public static Option<DirectoryInfo?> Data { get; } = new("--data") { Description = "Data folder. Otherwise CRESCENT_DATA, otherwise ./crescent-data." };

    public static Command Create()
    {
        var port = new Option<int?>("--port") { Description = "Port on 127.0.0.1; 5250 by default." };
        var url = new Option<string?>("--url") { Description = "Whole address, for access from elsewhere: http://0.0.0.0:5250. There is no authentication." };
        var slots = Slots();
        var roles = new Option<string?>("--roles") { Description = "control, or control,compute: the default. With control alone, start workers with `crescent worker run`." };
        var command = new Command("dev", "Run the server here, in the foreground. Ctrl-C stops it; running jobs keep their snapshots.") { Data, port, url, slots, roles };
        command.SetCliAction(async (parse, _, cancellation) =>
        {
            List<string> settings = [];
            Add(settings, "Crescent:DataFolder", parse.GetValue(Data)?.FullName);
            Add(settings, "Crescent:Url", parse.GetValue(url) ?? (parse.GetValue(port) is { } number ? $"http://127.0.0.1:{number.ToString(CultureInfo.InvariantCulture)}" : null));
            Add(settings, "Crescent:Roles", parse.GetValue(roles));
            Add(settings, "Crescent:Worker:Slots", parse.GetValue(slots)?.ToString(CultureInfo.InvariantCulture));
            return await CrescentServer.RunAsync([.. settings], cancellation);
        });
        return command;
    }

    /// <summary><c>crescent worker run</c>.</summary>
    public static Command CreateWorker()
    {
        var url = new Option<string?>("--url") { Description = "Address of its health and metrics; a free port on 127.0.0.1 by default." };
        var slots = Slots();
        var command = new Command("run", "Run a worker here, in the foreground, beside a control process. Ctrl-C drains it: running jobs commit a snapshot and go on elsewhere.") { Data, url, slots };
        command.SetCliAction(async (parse, _, cancellation) =>
        {
            List<string> settings = [$"--Crescent:Roles={ServerOptions.ComputeRole}"];
            Add(settings, "Crescent:DataFolder", parse.GetValue(Data)?.FullName);
            Add(settings, "Crescent:Url", parse.GetValue(url));
            Add(settings, "Crescent:Worker:Slots", parse.GetValue(slots)?.ToString(CultureInfo.InvariantCulture));
            return await CrescentServer.RunAsync([.. settings], cancellation);
        });
        return command;
    }

    private static Option<int?> Slots() => new("--slots") { Description = "Jobs run at a time; one a core, at most two, by default." };

    private static void Add(List<string> settings, string name, string? value)
    {
        if (value is not null)
        {
            settings.Add($"--{name}={value}");
        }
    }
}
