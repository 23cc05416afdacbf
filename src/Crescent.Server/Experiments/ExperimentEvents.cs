using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Crescent.Storage.Experiments;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Crescent.Server.Experiments;

/// <summary>Follows an experiment's event log as server-sent events: from the start or after <c>Last-Event-ID</c>, until the experiment has ended and all is sent.</summary>
internal static class ExperimentEvents
{
    private const int Batch = 200;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(500);

    public static async Task<ServerSentEventsResult<EventView>> Follow(
        string id, [FromHeader(Name = "Last-Event-ID")] string? lastEventId, IExperimentStore store, TimeProvider time, IHostApplicationLifetime lifetime, CancellationToken cancellation)
    {
        await store.RequireAsync(id, cancellation);
        var after = 0L;
        if (lastEventId is { Length: > 0 } && (!long.TryParse(lastEventId, NumberStyles.None, CultureInfo.InvariantCulture, out after)))
        {
            throw new CrescentException("request-invalid", $"Last-Event-ID is '{lastEventId}'; send the number of the last event you have, or leave the header out.");
        }

        return TypedResults.ServerSentEvents(ReadAsync(id, after, store, time, lifetime.ApplicationStopping, cancellation));
    }

    private static async IAsyncEnumerable<SseItem<EventView>> ReadAsync(
        string id, long after, IExperimentStore store, TimeProvider time, CancellationToken stopping, [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested && !stopping.IsCancellationRequested)
        {
            // The phase is read before the events: whatever it reflects is then in the log.
            var row = await store.FindAsync(id, cancellation);
            var events = await store.EventsAsync(id, after, Batch, cancellation);
            foreach (var entry in events)
            {
                after = entry.Sequence;
                yield return new SseItem<EventView>(EventView.From(entry), entry.Type) { EventId = entry.Sequence.ToString(CultureInfo.InvariantCulture) };
            }

            if (events.Count > 0)
            {
                continue;
            }

            if (row is null || ExperimentPhases.IsTerminal(row.Phase))
            {
                yield break;
            }

            await WaitAsync(time, stopping, cancellation);
        }
    }

    private static async Task WaitAsync(TimeProvider time, CancellationToken stopping, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancellation);
        await Task.Delay(PollInterval, time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
