using System.CommandLine;
using Crescent.Cli.Serving;
using Crescent.Cli.Terminal;
using Spectre.Console;

namespace Crescent.Cli.Doctor;

/// <summary><c>crescent doctor</c>: whether this machine can run Crescent, and with what.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var port = new Option<int>("--port") { Description = "The port that `crescent dev` would use.", DefaultValueFactory = _ => 5250 };
        var command = new Command("doctor", "Look at runtime, processor, engines, data folder, port and disk.") { DevCommand.Data, port };
        command.SetCliAction((parse, output, _) =>
        {
            var environment = Environment.GetEnvironmentVariable("CRESCENT_DATA");
            var data = parse.GetValue(DevCommand.Data)?.FullName ?? Path.GetFullPath(string.IsNullOrEmpty(environment) ? "crescent-data" : environment);
            var checks = MachineChecks.All(data, parse.GetValue(port));
            if (output.IsJson)
            {
                output.Json(checks);
            }
            else
            {
                Write(output.Human, checks);
            }

            return Task.FromResult(checks.Any(check => check.State == CheckState.Bad) ? ExitCodes.Error : ExitCodes.Ok);
        });
        return command;
    }

    private static void Write(IAnsiConsole console, IEnumerable<MachineCheck> checks)
    {
        foreach (var check in checks)
        {
            var mark = check.State switch
            {
                CheckState.Good => "[green]ok  [/]",
                CheckState.Warning => "[yellow]note[/]",
                _ => "[red]bad [/]",
            };
            console.MarkupLine($"{mark} {Markup.Escape(check.Name),-14} {Markup.Escape(check.Found)}");
            if (check.Cure is { } cure)
            {
                console.MarkupLine($"     {"",-14} [grey]{Markup.Escape(cure)}[/]");
            }
        }
    }
}
