using Spectre.Console;

namespace Crescent.Cli.Experiments;

/// <summary>How phases look.</summary>
internal static class RunStyle
{
    public static bool IsTerminal(string phase) => phase is "succeeded" or "failed" or "cancelled" or "skipped";

    public static string Phase(string phase) => $"[{Color(phase)}]{Markup.Escape(phase)}[/]";

    public static string Color(string phase) => phase switch
    {
        "succeeded" => "green",
        "failed" => "red",
        "running" => "deepskyblue1",
        "cancelled" or "cancelling" or "pausing" or "paused" => "yellow",
        _ => "grey",
    };
}
