using Crescent.Kernels.Jobs;
using Crescent.Kernels.Randomness;

namespace Crescent.Chaos;

/// <summary>How far a run is when its server is killed.</summary>
public enum KillPhase
{
    /// <summary>Its job has just been claimed.</summary>
    Starting,

    /// <summary>A fifth is done.</summary>
    Early,

    /// <summary>Half is done.</summary>
    Middle,

    /// <summary>Four fifths are done.</summary>
    Late,

    /// <summary>It has committed an outcome, which its experiment may not have heard of.</summary>
    Committed,
}

/// <param name="Delay">Waited once the phase is seen, so that kills fall anywhere between two steps.</param>
public sealed record KillTarget(string Kind, KillPhase Phase, TimeSpan Delay)
{
    public override string ToString() => $"{Kind}/{Phase.ToString().ToLowerInvariant()}";
}

/// <summary>Spreads kills over run kinds and phases by a seed.</summary>
public static class KillPlan
{
    private const int MaxDelayMilliseconds = 120;

    /// <summary>Every kind in turn, each with its phases in an order of its own; at most one kill a kind in an experiment.</summary>
    public static IReadOnlyList<IReadOnlyList<KillTarget>> Make(int kills, ulong seed)
    {
        // Not one of the product's purposes: these numbers decide nothing that is computed.
        var random = new RandomStream(new RandomKey(seed, (RandomPurpose)uint.MaxValue, 0));
        var orders = JobKinds.All.Select(_ => Shuffled(Enum.GetValues<KillPhase>(), random)).ToList();
        return
        [
            .. Enumerable.Range(0, kills)
                .Select(i => new KillTarget(JobKinds.All[i % JobKinds.All.Count], orders[i % orders.Count][i / orders.Count % orders[0].Length], TimeSpan.FromMilliseconds(random.NextInt(MaxDelayMilliseconds))))
                .Chunk(JobKinds.All.Count),
        ];
    }

    private static KillPhase[] Shuffled(KillPhase[] phases, RandomStream random)
    {
        random.Shuffle<KillPhase>(phases);
        return phases;
    }
}
