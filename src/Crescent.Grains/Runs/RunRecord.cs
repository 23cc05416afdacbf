using Crescent.Grains.State;

namespace Crescent.Grains.Runs;

/// <summary>What a run's grain stores.</summary>
[StoredAs("crescent.run", 1)]
public sealed record RunRecord
{
    /// <summary>Number of the last command carried out, or about to be.</summary>
    public long Command { get; init; }

    /// <summary>True while the run wants its job.</summary>
    public bool Wanted { get; init; }
    public string? JobKey { get; init; }
    public bool Cached { get; init; }
}
