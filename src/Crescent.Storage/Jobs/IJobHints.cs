namespace Crescent.Storage.Jobs;

/// <summary>
/// Wake-ups from the job queue, of any process on PostgreSQL, of this one on SQLite. They may be lost, come twice or for nothing, so they only shorten waits on top of a poll. What is called must be quick and must not throw.
/// </summary>
public interface IJobHints
{
    /// <summary>Calls when a job may have become claimable. Disposing ends it.</summary>
    IDisposable OnQueued(Action wake);

    /// <summary>Calls when something may wait for a run (<see cref="IJobQueue.PendingRunsAsync"/>). Disposing ends it.</summary>
    IDisposable OnTold(Action wake);
}
