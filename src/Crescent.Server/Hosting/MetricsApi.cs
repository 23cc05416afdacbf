using System.Globalization;
using System.Text;
using Crescent.Server.Workers;

namespace Crescent.Server.Hosting;

/// <summary>Figures of this process in Prometheus' text format.</summary>
internal static class MetricsApi
{
    public static void MapMetrics(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/metrics", (WorkerActivity worker) => TypedResults.Text(Render(worker), "text/plain; version=0.0.4")).ExcludeFromDescription();

    internal static string Render(WorkerActivity worker)
    {
        var text = new StringBuilder();
        Write(text, "crescent_worker_slots", "gauge", "Jobs that this process can run at a time.", ("", worker.Slots));
        Write(text, "crescent_worker_slots_busy", "gauge", "Jobs that it runs now.", ("", worker.Busy));
        Write(text, "crescent_worker_draining", "gauge", "1 once it claims nothing more because it is to stop.", ("", worker.Draining ? 1 : 0));
        Write(text, "crescent_worker_attempts_total", "counter", "Attempts by how they ended.", [.. Enum.GetValues<AttemptEnding>().Select(ending => ($"{{ending=\"{ending.ToString().ToLowerInvariant()}\"}}", worker.Ended(ending)))]);
        return text.ToString();
    }

    private static void Write(StringBuilder text, string name, string type, string help, params (string Labels, long Value)[] values)
    {
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");
        foreach (var (labels, value) in values)
        {
            text.Append(CultureInfo.InvariantCulture, $"{name}{labels} {value}\n");
        }
    }
}
