using System.Globalization;
using Crescent.Cli.Terminal;
using Crescent.Server.Experiments;
using Spectre.Console;

namespace Crescent.Cli.Experiments;

/// <summary>Progress where there is no terminal: a line when a run changes its phase, and now and then one for each that runs.</summary>
internal sealed class ProgressLines(IAnsiConsole console, TimeProvider time)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);
    private readonly Dictionary<string, string> phases = new(StringComparer.Ordinal);
    private long shownAt = time.GetTimestamp();
    private bool warned;

    public void Show(ExperimentView view)
    {
        var periodic = time.GetElapsedTime(shownAt) >= Period;
        if (view.Warning is { } warning && (periodic || !warned))
        {
            console.WriteLine(warning);
        }

        warned = view.Warning is not null;
        foreach (var run in view.Runs)
        {
            var changed = !phases.TryGetValue(run.Run, out var before) || before != run.Phase;
            phases[run.Run] = run.Phase;
            if ((changed && run.Phase != "pending") || (periodic && run.Phase == "running"))
            {
                console.WriteLine(Line(run));
            }
        }

        if (periodic)
        {
            shownAt = time.GetTimestamp();
        }
    }

    private string Line(RunView run)
    {
        List<string> parts = [time.GetUtcNow().ToString("HH:mm:ss", CultureInfo.InvariantCulture), $"{run.Title}:", run.Phase];
        if (run.Cached)
        {
            parts.Add("(from cache)");
        }
        else if (run.Progress is { Total: > 0 } progress)
        {
            parts.Add($"{progress.Done}/{progress.Total} {progress.Unit}");
            if (run.Phase == "running")
            {
                parts.Add(progress.Rate is { } rate ? Amounts.Rate(rate) : "");
                parts.Add(progress.RemainingSeconds is { } remaining ? $"{Amounts.Duration(remaining)} left" : "");
            }

            parts.Add(progress.Note ?? "");
        }

        parts.Add(run.Error ?? run.Wait?.Message ?? "");
        return string.Join(' ', parts.Where(part => part.Length > 0));
    }
}
