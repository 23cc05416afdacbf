using System.Globalization;
using System.Text;
using System.Text.Json;
using Crescent.Storage.Experiments;

namespace Crescent.Server.Experiments;

/// <summary>Writes the event log of one experiment in the format of server-sent events, as it grows. After a while without events it writes a comment: proxies close silent connections, and a reader cannot tell a silent one from a dead one.</summary>
internal sealed class EventStream(string experiment, IExperimentStore store, TimeProvider time)
{
    private const int Batch = 200;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    private static readonly byte[] Comment = Encoding.UTF8.GetBytes(": keep-alive\n\n");

    public static TimeSpan PollInterval { get; } = TimeSpan.FromMilliseconds(500);

    public static TimeSpan KeepAliveInterval { get; } = TimeSpan.FromSeconds(15);

    /// <summary>Writes the events after a sequence number; returns once the experiment has ended and all of them are written.</summary>
    public async Task WriteAsync(long after, Stream to, CancellationToken cancellation)
    {
        // The headers go out now, whether or not there is an event yet.
        await to.FlushAsync(cancellation);
        var writtenAt = time.GetTimestamp();
        while (true)
        {
            // The phase is read before the events: whatever it reflects is then in the log.
            var row = await store.FindAsync(experiment, cancellation);
            var events = await store.EventsAsync(experiment, after, Batch, cancellation);
            if (events.Count > 0)
            {
                await WriteAsync(to, Format(events), cancellation);
                after = events[^1].Sequence;
            }
            else if (row is null || ExperimentPhases.IsTerminal(row.Phase))
            {
                return;
            }
            else if (time.GetElapsedTime(writtenAt) < KeepAliveInterval)
            {
                await Task.Delay(PollInterval, time, cancellation);
                continue;
            }
            else
            {
                await WriteAsync(to, Comment, cancellation);
            }

            writtenAt = time.GetTimestamp();
        }
    }

    private static async Task WriteAsync(Stream to, byte[] text, CancellationToken cancellation)
    {
        await to.WriteAsync(text, cancellation);
        await to.FlushAsync(cancellation);
    }

    /// <summary>JSON holds no line break, and types are words of ours.</summary>
    private static byte[] Format(IReadOnlyList<ExperimentEvent> events)
    {
        var text = new StringBuilder();
        foreach (var entry in events)
        {
            text.Append(CultureInfo.InvariantCulture, $"event: {entry.Type}\ndata: {JsonSerializer.Serialize(EventView.From(entry), Json)}\nid: {entry.Sequence}\n\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
