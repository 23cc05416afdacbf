namespace Crescent.Storage.Sql;

/// <summary>Who listens to which channel in this process.</summary>
internal sealed class HintHub
{
    private readonly Lock gate = new();
    private readonly List<Subscription> subscriptions = [];

    public IDisposable Subscribe(string channel, Action hint)
    {
        var subscription = new Subscription(this, channel, hint);
        lock (gate)
        {
            subscriptions.Add(subscription);
        }

        return subscription;
    }

    public void Publish(string channel)
    {
        foreach (var subscription in Subscriptions().Where(subscription => subscription.Channel == channel))
        {
            subscription.Hint();
        }
    }

    /// <summary>Tells every listener, since any of them may have missed something.</summary>
    public void PublishGap()
    {
        foreach (var subscription in Subscriptions())
        {
            subscription.Hint();
        }
    }

    private Subscription[] Subscriptions()
    {
        lock (gate)
        {
            return [.. subscriptions];
        }
    }

    private sealed record Subscription(HintHub Hub, string Channel, Action Hint) : IDisposable
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
