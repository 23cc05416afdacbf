using Crescent.Storage.Jobs;

namespace Crescent.Server.Workers;

/// <summary>
/// Metric points that are not durable yet. Heartbeats and commits both send all of them; a point leaves once a write that carried it has succeeded, so a failed write loses none (the store takes a repeated point as a no-op).
/// </summary>
internal sealed class MetricBuffer
{
    private readonly Lock gate = new();
    private readonly List<MetricPoint> points = [];
    private long confirmed;

    public void Add(MetricPoint point)
    {
        lock (gate)
        {
            points.Add(point);
        }
    }

    /// <summary>The points, and the mark to hand to <see cref="Confirm"/> once they are written.</summary>
    public (IReadOnlyList<MetricPoint> Points, long Mark) Peek()
    {
        lock (gate)
        {
            return ([.. points], confirmed + points.Count);
        }
    }

    public void Confirm(long mark)
    {
        lock (gate)
        {
            var count = (int)(mark - confirmed);
            if (count > 0)
            {
                points.RemoveRange(0, count);
                confirmed = mark;
            }
        }
    }
}
