namespace Crescent.Storage.Artifacts;

/// <summary>
/// How long what finished experiments no longer need is kept, counted from the end of the last experiment that used it. Null: for ever. Reports, figures, results and raw records are always kept, and so is whatever an unfinished experiment has made or starts from.
/// </summary>
public sealed record Retention
{
    /// <summary>Snapshots: with them a failed job goes on where it was when its experiment is retried.</summary>
    public TimeSpan? Snapshots { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Checkpoints. Equal work that asks for one that is gone makes it again.</summary>
    public TimeSpan? Checkpoints { get; set; }

    internal RetentionCutoffs At(DateTimeOffset now) => new(Cutoff(Snapshots, now), Cutoff(Checkpoints, now));

    private static DateTimeOffset? Cutoff(TimeSpan? kept, DateTimeOffset now) => kept is { } time ? now - time : null;
}

/// <summary>What belongs to experiments that had ended by then may go; null: nothing may.</summary>
internal sealed record RetentionCutoffs(DateTimeOffset? Snapshots, DateTimeOffset? Checkpoints);
