namespace Crescent.Cli;

/// <summary>What the process's exit code says.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;
    public const int Error = 1;
    public const int Usage = 2;

    /// <summary>The command worked, the experiment did not succeed (watch, wait, demo).</summary>
    public const int ExperimentFailed = 3;

    /// <summary>No server there, or it refuses this client.</summary>
    public const int Unreachable = 4;
    public const int TimedOut = 5;
    public const int Cancelled = 130;
}
