using System.CommandLine;
using Crescent.Cli.Client;
using Crescent.Cli.Experiments;

namespace Crescent.Cli.Terminal;

/// <summary>Options that every command takes, and what follows from them.</summary>
internal static class CommandSettings
{
    public const string DefaultServer = "http://127.0.0.1:5250";

    public static Option<string?> Server { get; } = new("--server") { Description = $"Server address. Otherwise CRESCENT_SERVER, otherwise {DefaultServer}.", HelpName = "URL", Recursive = true };

    public static Option<OutputFormat> Output { get; } = new("--output", "-o") { HelpName = "text|json|jsonl", Description = "jsonl: one JSON document a line.", DefaultValueFactory = _ => OutputFormat.Text, Recursive = true };

    public static TerminalOutput OutputOf(ParseResult parse) => new(parse.GetValue(Output));

    public static Uri ServerOf(ParseResult parse)
    {
        var environment = Environment.GetEnvironmentVariable("CRESCENT_SERVER");
        var text = parse.GetValue(Server) ?? (string.IsNullOrEmpty(environment) ? DefaultServer : environment);
        return Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw new CliException(ExitCodes.Usage, $"'{text}' is no server address.", $"Write it as {DefaultServer}.");
    }

    /// <summary>A command that talks to the server.</summary>
    public static void SetClientAction(this Command command, Func<ParseResult, CrescentClient, TerminalOutput, CancellationToken, Task<int>> action) =>
        command.SetCliAction(async (parse, output, cancellation) =>
        {
            using var client = new CrescentClient(ServerOf(parse));
            if (command.Arguments.Contains(ExperimentCommand.Id) && parse.GetValue(ExperimentCommand.Id) is { } given && !ExperimentCommand.IsId(given))
            {
                await client.AcceptNameAsync(given, cancellation);
            }

            return await action(parse, client, output, cancellation);
        });

    /// <summary>Errors become one line what, one line cure, and an exit code.</summary>
    public static void SetCliAction(this Command command, Func<ParseResult, TerminalOutput, CancellationToken, Task<int>> action) =>
        command.SetAction(async (parse, cancellation) =>
        {
            var output = OutputOf(parse);
            try
            {
                return await action(parse, output, cancellation);
            }
            catch (CliException e)
            {
                output.Fail(e);
                return e.ExitCode;
            }
            catch (CrescentException e)
            {
                output.Fail(new CliException(ExitCodes.Error, e.Message, inner: e) { Code = e.Code, Problems = e.Problems });
                return ExitCodes.Error;
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return ExitCodes.Cancelled;
            }
        });
}
