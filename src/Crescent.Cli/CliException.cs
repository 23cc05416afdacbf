namespace Crescent.Cli;

/// <summary>Ends the command: one line says what, one line what to do about it.</summary>
internal sealed class CliException(int exitCode, string message, string? cure = null, Exception? inner = null) : Exception(message, inner)
{
    public int ExitCode { get; } = exitCode;

    public string? Cure { get; } = cure;

    /// <summary>The API's stable code, where there is one.</summary>
    public string? Code { get; init; }

    /// <summary>Fields at fault.</summary>
    public IReadOnlyList<SpecProblem> Problems { get; init; } = [];
}
