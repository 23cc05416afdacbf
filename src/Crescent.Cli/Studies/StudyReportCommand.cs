using System.CommandLine;
using Crescent.Cli.Terminal;
using Crescent.Kernels.Jobs;
using Crescent.Kernels.Studies;
using Spectre.Console;

namespace Crescent.Cli.Studies;

/// <summary><c>crescent study report</c>: tables, JSON, or a page with figures.</summary>
internal static class StudyReportCommand
{
    public static Command Create(Argument<string> id)
    {
        var html = new Option<FileInfo?>("--html") { Description = "Write the page with figures there.", HelpName = "FILE" };
        var command = new Command("report", "What a study has found so far: tables, with -o json the whole document, or a page.") { id, html };
        command.SetClientAction(async (parse, client, output, cancellation) =>
        {
            var study = parse.GetValue(id)!;
            if (parse.GetValue(html) is { } file)
            {
                var page = await client.StudyReportAsync(study, "report", cancellation);
                await OutputFile.WriteAsync(file.FullName, async stream => await stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(page), cancellation));
                output.Human.MarkupLineInterpolated($"Wrote [bold]{file.FullName}[/].");
                return ExitCodes.Ok;
            }

            var result = await client.StudyReportAsync(study, "result", cancellation);
            if (output.IsJson)
            {
                await Console.Out.WriteLineAsync(result);
            }
            else
            {
                StudyReportTable.Write(output.Human, JobJson.Read<StudyResultDocument>(result));
            }

            return ExitCodes.Ok;
        });
        return command;
    }
}
