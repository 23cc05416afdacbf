using System.CommandLine;
using System.Globalization;
using Crescent.Cli.Terminal;
using Crescent.Server;

namespace Crescent.Cli.Serving;

/// <summary><c>crescent dev</c>: the whole server in the foreground.</summary>
internal static class DevCommand
{
    public static Option<DirectoryInfo?> Data { get; } = new("--data") { Description = "Data folder. Otherwise CRESCENT_DATA, otherwise ./crescent-data." };

    public static Command Create()
    {
        var port = new Option<int?>("--port") { Description = "Port on 127.0.0.1; 5250 by default." };
        var url = new Option<string?>("--url") { Description = "Whole address, for access from elsewhere: http://0.0.0.0:5250. There is no authentication." };
        var slots = new Option<int?>("--slots") { Description = "Jobs run at a time; one a core, at most two, by default." };
        var command = new Command("dev", "Run the server here, in the foreground. Ctrl-C stops it; running jobs keep their snapshots.") { Data, port, url, slots };
        command.SetCliAction(async (parse, _, cancellation) =>
        {
            List<string> settings = [];
            Add(settings, "Crescent:DataFolder", parse.GetValue(Data)?.FullName);
            Add(settings, "Crescent:Url", parse.GetValue(url) ?? (parse.GetValue(port) is { } number ? $"http://127.0.0.1:{number.ToString(CultureInfo.InvariantCulture)}" : null));
            Add(settings, "Crescent:Worker:Slots", parse.GetValue(slots)?.ToString(CultureInfo.InvariantCulture));
            return await CrescentServer.RunAsync([.. settings], cancellation);
        });
        return command;
    }

    private static void Add(List<string> settings, string name, string? value)
    {
        if (value is not null)
        {
            settings.Add($"--{name}={value}");
        }
    }
}
