using System.Data.Common;

namespace Crescent.Chaos.Cluster;

/// <summary>A database for one cluster, and what can go wrong with it.</summary>
internal interface IChaosDatabase : IAsyncDisposable
{
    string Name { get; }

    /// <summary>Settings of the servers on it.</summary>
    IReadOnlyList<string> Settings { get; }

    /// <summary>What the driver may do to it, by name; each returns once the fault has ended.</summary>
    IReadOnlyList<(string Name, Func<Task> Act)> Faults { get; }

    /// <summary>A connection for looking at it, past every fault.</summary>
    DbConnection Connect();
}
