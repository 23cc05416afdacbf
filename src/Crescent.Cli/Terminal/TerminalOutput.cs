using System.Text.Json;
using Spectre.Console;

namespace Crescent.Cli.Terminal;

/// <summary>Where output goes: data to stdout; what is for people to stdout too, but to stderr when stdout carries JSON.</summary>
internal sealed class TerminalOutput
{
    private static readonly JsonSerializerOptions Compact = new(JsonSerializerDefaults.Web);
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };
    private readonly TextWriter data;

    public TerminalOutput(OutputFormat format, TextWriter? data = null, TextWriter? errors = null)
    {
        this.data = data ?? Console.Out;
        Format = format;
        var toErrors = format != OutputFormat.Text;
        Human = Create(toErrors ? errors ?? Console.Error : this.data, toErrors ? !Console.IsErrorRedirected : !Console.IsOutputRedirected);
        Errors = Create(errors ?? Console.Error, !Console.IsErrorRedirected);
    }

    public OutputFormat Format { get; }

    public bool IsJson => Format != OutputFormat.Text;

    /// <summary>Tables, bars and sentences.</summary>
    public IAnsiConsole Human { get; }

    public IAnsiConsole Errors { get; }

    /// <summary>True when bars may be drawn.</summary>
    public bool Interactive => Human.Profile.Capabilities.Interactive;

    /// <summary>One document, or with jsonl one line.</summary>
    public void Json<T>(T value) => data.WriteLine(JsonSerializer.Serialize(value, Format == OutputFormat.Jsonl ? Compact : Indented));

    /// <summary>One line of a stream.</summary>
    public void JsonLine<T>(T value)
    {
        data.WriteLine(JsonSerializer.Serialize(value, Compact));
        data.Flush();
    }

    public void Fail(CliException error)
    {
        Errors.MarkupLineInterpolated($"[red]error:[/] {error.Message}{(error.Code is { } code ? $" ({code})" : "")}");
        foreach (var problem in error.Problems)
        {
            Errors.MarkupLineInterpolated($"  [yellow]{(problem.Field.Length == 0 ? "document" : problem.Field)}[/]: {problem.Message}");
        }

        if (error.Cure is { } cure)
        {
            Errors.MarkupLineInterpolated($"[grey]try:[/] {cure}");
        }
    }

    private static IAnsiConsole Create(TextWriter writer, bool terminal)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = terminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = terminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = terminal ? InteractionSupport.Detect : InteractionSupport.No,
        });
        if (!terminal)
        {
            // A pipe has no width; lines must not be broken for one.
            console.Profile.Width = 240;
        }

        return console;
    }
}
