using System.CommandLine;
using System.Globalization;
using Crescent.Cli.Client;
using Crescent.Cli.Experiments;
using Crescent.Cli.Figures;
using Crescent.Cli.Terminal;
using Crescent.Server.Studies;
using Spectre.Console;

namespace Crescent.Cli.Studies;

/// <summary><c>crescent study</c>.</summary>
internal static class StudyCommand
{
    private const int MostOfAPage = 200;
    private static readonly Argument<string> Id = new("study") { Description = "The study's id." };

    public static Command Create() => new("study", "Submit, read and steer studies: many experiments read together.")
    {
        CreateCreate(),
        CreateList(),
        CreateShow(),
        CreateWatch(),
        CreateVerb("retry", "Try the failed experiments again; nothing else."),
        CreateVerb("cancel", "Cancel what is under way and submit no more."),
        CreateExtend(),
        StudyReportCommand.Create(Id),
        FigureCommand.Of(
            "Figures of a study as SVG, CSV or JSON.", Id, (client, id, cancellation) => client.StudyFiguresAsync(id, cancellation),
            (client, id, name, format, to, cancellation) => client.DownloadStudyFigureAsync(id, name, format, to, cancellation)),
    };

    private static Command CreateCreate()
    {
        var file = new Argument<FileInfo>("file") { Description = "Study in YAML (.yaml, .yml) or JSON (.json)." };
        var key = RequestCommands.Key();
        var watch = new Option<bool>("--watch", "-w") { Description = "Follow it to its end." };
        var command = new Command("create", "Submit a study.") { file, key, watch };
        command.SetClientAction(async (parse, client, output, cancellation) =>
        {
            var body = await SpecFile.ReadAsync(parse.GetValue(file)!, cancellation);
            var study = await client.CreateStudyAsync(body, parse.GetValue(key), cancellation);
            return parse.GetValue(watch) ? await StudyWatch.RunAsync(client, study.Study.Id, output, cancellation) : Tell(study, output);
        });
        return command;
    }

    private static Command CreateExtend()
    {
        var file = new Argument<FileInfo>("file") { Description = "The study's document with more values or seeds." };
        var command = new Command("extend", "Add values or seeds; only what is new is run.") { Id, file };
        command.SetClientAction(async (parse, client, output, cancellation) =>
            Tell(await client.ActOnStudyAsync(parse.GetValue(Id)!, "extend", null, cancellation, await SpecFile.ReadAsync(parse.GetValue(file)!, cancellation)), output));
        return command;
    }

    private static Command CreateList()
    {
        var limit = new Option<int>("--limit") { Description = "Most studies shown.", DefaultValueFactory = _ => 50 };
        var command = new Command("list", "List studies, newest first.") { limit };
        command.SetClientAction(async (parse, client, output, cancellation) =>
        {
            var studies = await ListAsync(client, parse.GetValue(limit), cancellation);
            if (output.IsJson)
            {
                output.Json(studies);
                return ExitCodes.Ok;
            }

            foreach (var study in studies)
            {
                output.Human.MarkupLine($"{Markup.Escape(study.Id)}  {RunStyle.Phase(study.Phase)}  {study.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)}  {Markup.Escape(study.Name)}");
            }

            return ExitCodes.Ok;
        });
        return command;
    }

    private static async Task<IReadOnlyList<StudySummary>> ListAsync(CrescentClient client, int limit, CancellationToken cancellation)
    {
        List<StudySummary> studies = [];
        string? cursor = null;
        do
        {
            var page = await client.StudiesAsync(Math.Clamp(limit - studies.Count, 1, MostOfAPage), cursor, cancellation);
            studies.AddRange(page.Studies);
            cursor = page.NextCursor;
        }
        while (cursor is not null && studies.Count < limit);
        return studies;
    }

    private static Command CreateShow()
    {
        var command = new Command("show", "One study with its cells.") { Id };
        command.SetClientAction(async (parse, client, output, cancellation) => Tell(await client.StudyAsync(parse.GetValue(Id)!, cancellation), output, cells: true));
        return command;
    }

    private static Command CreateWatch()
    {
        var command = new Command("watch", "Follow a study to its end.") { Id };
        command.SetClientAction((parse, client, output, cancellation) => StudyWatch.RunAsync(client, parse.GetValue(Id)!, output, cancellation));
        return command;
    }

    private static Command CreateVerb(string verb, string description)
    {
        var key = RequestCommands.Key();
        var command = new Command(verb, description) { Id, key };
        command.SetClientAction(async (parse, client, output, cancellation) => Tell(await client.ActOnStudyAsync(parse.GetValue(Id)!, verb, parse.GetValue(key), cancellation), output));
        return command;
    }

    private static int Tell(StudyView view, TerminalOutput output, bool cells = false)
    {
        if (output.IsJson)
        {
            output.Json(view);
            return ExitCodes.Ok;
        }

        output.Human.WriteLine(StudyTable.Line(view));
        if (cells)
        {
            output.Human.Write(StudyTable.Of(view, TimeProvider.System.GetUtcNow()));
        }

        return ExitCodes.Ok;
    }
}
