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
