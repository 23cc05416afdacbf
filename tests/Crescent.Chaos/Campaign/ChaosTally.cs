using System.Collections.Concurrent;

namespace Crescent.Chaos.Campaign;

/// <summary>Counts what was done to a cluster, and with it to all of them.</summary>
internal sealed class ChaosTally(ChaosTally? all = null)
{
    private readonly ConcurrentDictionary<string, int> counts = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<TimeSpan> takeovers = [];
    private int kills;

    /// <summary>Processes killed, from outside and at fault points.</summary>
    public int Kills => Volatile.Read(ref kills);

    public IReadOnlyList<TimeSpan> Takeovers => [.. takeovers.Order()];

    public void Kill(string what)
    {
        Interlocked.Increment(ref kills);
        counts.AddOrUpdate(what, 1, (_, count) => count + 1);
        all?.Kill(what);
    }

    public void Note(string what)
    {
        counts.AddOrUpdate(what, 1, (_, count) => count + 1);
        all?.Note(what);
    }

    public void Takeover(TimeSpan time)
    {
        takeovers.Enqueue(time);
        all?.Takeover(time);
    }

    /// <summary>Each thing and how often, by name.</summary>
    public override string ToString() => string.Join(", ", counts.OrderBy(count => count.Key, StringComparer.Ordinal).Select(count => $"{count.Key} {count.Value}"));
}
