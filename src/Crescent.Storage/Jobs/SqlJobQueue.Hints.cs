namespace Crescent.Storage.Jobs;

/// <summary>Whom the queue wakes: free slots, and the control loop.</summary>
public partial class SqlJobQueue : IJobHints
{
    /// <summary>Jobs have been queued.</summary>
    private protected const string QueuedHint = "job-queued";

    /// <summary>Outcomes or failures wait for runs.</summary>
    private protected const string ToldHint = "run-told";

    public IDisposable OnQueued(Action wake) => database.Listen(QueuedHint, wake);

    public IDisposable OnTold(Action wake) => database.Listen(ToldHint, wake);
}
