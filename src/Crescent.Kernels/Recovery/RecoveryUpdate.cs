using Crescent.Kernels.Engines;
using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Objectives;
using Crescent.Kernels.Randomness;
using Crescent.Kernels.Tasks;

namespace Crescent.Kernels.Recovery;

/// <summary>One update: deals, episodes, rewards, advantages, and the rows that the policy learns from. A function of the weights, the spec and the update's number.</summary>
internal sealed class RecoveryUpdate
{
    /// <summary>Rows of a micro-batch; bounds the memory of activations.</summary>
    private const int Rows = 64;

    private RecoveryUpdate(RecoverySpec spec, Episode[] episodes, double[][] rewards)
    {
        Episodes = episodes;
        Rewards = rewards;
        Returns = [.. rewards.Select(episode => Advantages.Returns(episode, spec.Discount))];
        var advantages = Advantages.OfTries(Returns, spec.GroupSize, spec.AdvantageEpsilon);

        // Episodes without any advantage have no gradient; they are left out and do not count in the mean over tokens.
        var rows = episodes.Zip(advantages).Where(row => row.Second.Any(advantage => advantage != 0)).Chunk(Rows).ToList();
        Batches = [.. rows.Select(chunk => Batch(chunk))];
        Signals = [.. rows.Select(chunk => new PolicySignals([.. chunk.SelectMany(row => PerToken(row.First, row.Second))], []))];
        SamplerLogProbabilities = [.. rows.Select(chunk => chunk.SelectMany(row => row.First.Tries.SelectMany(attempt => attempt.Answer.LogProbability)).ToArray())];
    }

    public Episode[] Episodes { get; }

    /// <summary>[episode][try], after shuffling where the spec asks for it.</summary>
    public double[][] Rewards { get; }

    public double[][] Returns { get; }

    public IReadOnlyList<TokenBatch> Batches { get; }

    public IReadOnlyList<PolicySignals> Signals { get; }

    /// <summary>log p of the supervised tokens as they were sampled, batch by batch.</summary>
    public IReadOnlyList<float[]> SamplerLogProbabilities { get; }

    public static RecoveryUpdate Play(IEngine engine, RecoverySpec spec, int update)
    {
        var task = spec.Task.Create();
        var deals = Enumerable.Range(0, spec.Prompts * spec.GroupSize).Select(episode => DealOf(spec, task, update, episode / spec.GroupSize)).ToList();
        var episodes = Episode.Play(
            engine,
            task.Format,
            deals,
            spec.Tries,
            (float)spec.Temperature,
            (episode, number) => new RandomKey(spec.Seed, RandomPurpose.RecoverySampling, (uint)update, (uint)((episode * spec.Tries) + number)));
        var rewards = episodes.Select(episode => spec.Rewards.Of(episode, spec.Tries)).ToArray();
        if (spec.RewardSource == RewardSource.Shuffled)
        {
            Recovery.Rewards.Shuffle(rewards, new RandomStream(new RandomKey(spec.Seed, RandomPurpose.RewardShuffle, (uint)update)));
        }

        return new RecoveryUpdate(spec, episodes, rewards);
    }

    private static ITaskDeal DealOf(RecoverySpec spec, ITask task, int update, int prompt)
    {
        var variant = spec.Rules == RecoveryRules.Both && prompt % 2 == 1 ? EvaluationVariant.OutOfDistribution : EvaluationVariant.InDistribution;
        return task.Draw(new RandomStream(new RandomKey(spec.Seed, RandomPurpose.RecoveryDeals, (uint)update, (uint)prompt)), variant);
    }

    private static TokenBatch Batch((Episode Episode, double[] Advantages)[] rows)
    {
        var tokens = new List<int>();
        var offsets = new List<int> { 0 };
        var targets = new List<int>();
        foreach (var (episode, _) in rows)
        {
            targets.AddRange(episode.Tries.SelectMany(attempt => Enumerable.Range(tokens.Count + attempt.Start, attempt.Answer.Tokens.Length)));
            tokens.AddRange(episode.History);
            offsets.Add(tokens.Count);
        }

        return new TokenBatch([.. tokens], [.. offsets], [.. targets]);
    }

    private static IEnumerable<float> PerToken(Episode episode, double[] advantages) =>
        episode.Tries.SelectMany((attempt, number) => Enumerable.Repeat((float)advantages[number], attempt.Answer.Tokens.Length));
}
