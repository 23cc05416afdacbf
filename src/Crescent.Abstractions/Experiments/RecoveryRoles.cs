namespace Crescent.Abstractions.Experiments;

/// <summary>What a recovery run is for.</summary>
public static class RecoveryRoles
{
    /// <summary>The run under study.</summary>
    public const string Recovery = "recovery";

    /// <summary>Rewards permuted among the episodes of a batch: what RL does without information. The negative control.</summary>
    public const string ShuffledReward = "shuffled-reward";

    /// <summary>Half of the deals follow the other rule: what RL does when it sees it. The positive control.</summary>
    public const string BothRules = "both-rules";

    public static IReadOnlyList<string> Controls { get; } = [ShuffledReward, BothRules];
}
