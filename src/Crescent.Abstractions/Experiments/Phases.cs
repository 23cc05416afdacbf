namespace Crescent.Abstractions.Experiments;

/// <summary>Phases of an experiment and of its runs; stored and shown by these names.</summary>
public static class Phases
{
    public const string Pending = "pending";
    public const string Running = "running";
    public const string Pausing = "pausing";
    public const string Paused = "paused";
    public const string Cancelling = "cancelling";
    public const string Cancelled = "cancelled";
    public const string Succeeded = "succeeded";
    public const string Failed = "failed";

    /// <summary>Runs only: a run that it depends on has failed.</summary>
    public const string Skipped = "skipped";

    /// <summary>True where nothing will happen any more.</summary>
    public static bool IsTerminal(string phase) => phase is Cancelled or Succeeded or Failed or Skipped;
}
