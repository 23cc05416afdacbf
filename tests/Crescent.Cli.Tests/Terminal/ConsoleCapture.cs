namespace Crescent.Cli.Tests.Terminal;

/// <summary>Runs a command line in this process and keeps what it writes. The console is the process's own, so that tests that use it stand in <see cref="Collection"/>.</summary>
internal static class ConsoleCapture
{
    public const string Collection = "console";

    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        var (output, errors) = (Console.Out, Console.Error);
        using var written = new StringWriter();
        using var complaints = new StringWriter();
        Console.SetOut(written);
        Console.SetError(complaints);
        try
        {
            var exitCode = await CrescentCommand.RunAsync(arguments);
            return (exitCode, written.ToString(), complaints.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(errors);
        }
    }
}

[CollectionDefinition(ConsoleCapture.Collection, DisableParallelization = true)]
public sealed class ConsoleTests;
