using Crescent.Kernels.Engines;
using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Randomness;
using Crescent.Kernels.Tasks;

namespace Crescent.Kernels.Recovery;

/// <summary>The episodes of one update with their rewards. A function of the weights, the spec and the update's number.</summary>
internal sealed class RecoveryEpisodes
{
    private RecoveryEpisodes(RecoverySpec spec, IReadOnlyList<Episode> played, Episode[] kept, int rounds, int update)
    {
        (Played, Kept, Rounds) = (played, kept, rounds);
        Rewards = [.. kept.Select(episode => spec.Rewards.Of(episode, spec.Tries))];
        if (spec.RewardSource == RewardSource.Shuffled)
        {
            Recovery.Rewards.Shuffle(Rewards, new RandomStream(new RandomKey(spec.Seed, RandomPurpose.RewardShuffle, (uint)update)));
        }

        var groups = played.Chunk(spec.GroupSize).ToList();
        AlikeShare = groups.Count(IsAlike) / (double)groups.Count;
        AllRightShare = groups.Count(group => group.All(episode => episode.SolvedAt == 1)) / (double)groups.Count;
        AllWrongShare = groups.Count(group => group.All(episode => !episode.Solved)) / (double)groups.Count;
    }

    /// <summary>Every episode, those of groups that were dropped among them.</summary>
    public IReadOnlyList<Episode> Played { get; }

    /// <summary>The episodes to learn from, those of a group together.</summary>
    public Episode[] Kept { get; }

    /// <summary>[kept episode][try], after shuffling where the spec asks for it.</summary>
    public double[][] Rewards { get; }

    /// <summary>Rounds of deals that it took.</summary>
    public int Rounds { get; }

    /// <summary>Share of the groups whose episodes were all solved at the same try, or all not.</summary>
    public double AlikeShare { get; }

    /// <summary>Share of the groups solved by every episode at the first try.</summary>
    public double AllRightShare { get; }

    /// <summary>Share of the groups that no episode solved.</summary>
    public double AllWrongShare { get; }

    /// <param name="mostRounds">Over 1: groups that are all alike by what was solved (not by shaped reward) are dropped, and further deals played.</param>
    /// <exception cref="CrescentException"><c>no-mixed-groups</c>: every group of every round was all alike.</exception>
    public static RecoveryEpisodes Play(IEngine engine, RecoverySpec spec, ITask task, int mostRounds, int update)
    {
        List<Episode> played = [.. Round(engine, spec, task, update, 0)];
        if (mostRounds == 1)
        {
            return new RecoveryEpisodes(spec, played, [.. played], rounds: 1, update);
        }

        var rounds = 1;
        List<Episode[]> Mixed() => [.. played.Chunk(spec.GroupSize).Where(group => !IsAlike(group)).Take(spec.Prompts)];
        for (; rounds < mostRounds && Mixed().Count < spec.Prompts; rounds++)
        {
            played.AddRange(Round(engine, spec, task, update, rounds));
        }

        Episode[] kept = [.. Mixed().SelectMany(group => group)];
        return kept.Length > 0 ? new RecoveryEpisodes(spec, played, kept, rounds, update) : throw new CrescentException(
            "no-mixed-groups",
            $"Update {update + 1} found no group with both right and wrong episodes in {rounds} rounds of {spec.Prompts} deals: {(played.Any(episode => episode.Solved) ? "the policy solves every deal alike" : "the policy solves nothing, as after SFT that has damaged it")}. Start from another checkpoint, raise groupSize or samplingRounds, or set samplingRounds to 1.");
    }

    private static Episode[] Round(IEngine engine, RecoverySpec spec, ITask task, int update, int round)
    {
        var (firstPrompt, firstEpisode) = (round * spec.Prompts, round * spec.Prompts * spec.GroupSize);
        var deals = Enumerable.Range(0, spec.Prompts * spec.GroupSize).Select(episode => DealOf(spec, task, update, firstPrompt + (episode / spec.GroupSize))).ToList();
        return Episode.Play(
            engine,
            task.Format,
            deals,
            spec.Tries,
            (float)spec.Temperature,
            (episode, number) => new RandomKey(spec.Seed, RandomPurpose.RecoverySampling, (uint)update, (uint)(((firstEpisode + episode) * spec.Tries) + number)));
    }

    private static ITaskDeal DealOf(RecoverySpec spec, ITask task, int update, int prompt)
    {
        var variant = spec.Rules == RecoveryRules.Both && prompt % 2 == 1 ? EvaluationVariant.OutOfDistribution : EvaluationVariant.InDistribution;
        return task.Draw(new RandomStream(new RandomKey(spec.Seed, RandomPurpose.RecoveryDeals, (uint)update, (uint)prompt)), variant);
    }

    private static bool IsAlike(Episode[] group) => group.All(episode => episode.SolvedAt == group[0].SolvedAt);
}
