namespace Crescent.Storage.Sql;

/// <summary>Who listens to which channel in this process.</summary>
internal sealed class HintHub
{
    private readonly Lock gate = new();
    private readonly List<Subscription> subscriptions = [];

    public IDisposable Subscribe(string channel, Action<string> hint)
    {
        var subscription = new Subscription(this, channel, hint);
        lock (gate)
        {
            subscriptions.Add(subscription);
        }

        return subscription;
    }

    public void Publish(SqlHint hint)
    {
        foreach (var subscription in Subscriptions().Where(subscription => subscription.Channel == hint.Channel))
        {
            subscription.Hint(hint.Payload);
        }
    }

    /// <summary>Tells every listener that it may have missed something.</summary>
    public void PublishGap()
    {
        foreach (var subscription in Subscriptions())
        {
            subscription.Hint("");
        }
    }

    private Subscription[] Subscriptions()
    {
        lock (gate)
        {
            return [.. subscriptions];
        }
    }

    private sealed record Subscription(HintHub Hub, string Channel, Action<string> Hint) : IDisposable
    {
        public void Dispose()
        {
            lock (Hub.gate)
            {
                Hub.subscriptions.Remove(this);
            }
        }
    }
}

/// <param name="Channel">Lower-case letters and hyphens.</param>
internal sealed record SqlHint(string Channel, string Payload);
