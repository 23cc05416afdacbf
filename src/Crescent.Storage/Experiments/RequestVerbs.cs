namespace Crescent.Storage.Experiments;

/// <summary>What may be asked of an experiment; stored and shown by these names.</summary>
public static class RequestVerbs
{
    public const string Pause = "pause";
    public const string Resume = "resume";
    public const string Cancel = "cancel";
    public const string Retry = "retry";
    public const string Extend = "extend";
}
