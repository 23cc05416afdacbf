using Crescent.Kernels.Engines;
using Crescent.Kernels.Objectives;
using Crescent.Kernels.Tasks;

namespace Crescent.Kernels.Recovery;

/// <summary>What the policy learns from in one update: shaped rewards, advantages, and the windows of its optimizer steps. A function of the weights and the episodes.</summary>
internal sealed class RecoveryUpdate
{
    /// <summary>Rows of a micro-batch; bounds the memory of activations.</summary>
    private const int Rows = 64;
    private readonly RecoverySpec spec;
    private readonly RecoveryAlgorithm algorithm;
    private readonly TaskFormat format;

    private RecoveryUpdate(RecoverySpec spec, RecoveryAlgorithm algorithm, TaskFormat format, RecoveryEpisodes played, IReadOnlyList<EpisodeScores>? scores)
    {
        (this.spec, this.algorithm, this.format) = (spec, algorithm, format);
        Rewards = [.. played.Kept.Select((episode, i) => Shape(episode, scores?[i], played.Rewards[i]))];
        var rows = algorithm.HasCritic ? LearningRow.Estimated(spec, played.Kept, scores!, Rewards) : LearningRow.Compared(spec, algorithm, played.Kept, scores, Rewards);
        Windows = [.. Enumerable.Range(0, spec.MiniBatches).Select(part => Window(rows[Start(part)..Start(part + 1)]))];

        int Start(int part) => (int)((long)rows.Length * part / spec.MiniBatches);
    }

    /// <summary>[episode][try], with what long answers and the distance from the reference cost.</summary>
    public double[][] Rewards { get; }

    /// <summary>One for each optimizer step of a pass.</summary>
    public IReadOnlyList<PolicyWindow> Windows { get; }

    /// <param name="reference">What KL is to; null: nothing.</param>
    public static RecoveryUpdate Of(IEngine engine, IEngine? reference, RecoverySpec spec, RecoveryAlgorithm algorithm, TaskFormat format, RecoveryEpisodes played)
    {
        // On the first and only step the policy that acted is the policy itself, and scoring would say nothing new.
        var inReward = spec.Kl.Place == KlPlace.Reward;
        var scored = algorithm.HasCritic || inReward || spec.InnerSteps * spec.MiniBatches > 1;
        var scores = scored ? EpisodeScores.Of(engine, inReward ? reference : null, played.Kept, (float)spec.Temperature, Rows) : null;
        return new RecoveryUpdate(spec, algorithm, format, played, scores);
    }

    private double[] Shape(Episode episode, EpisodeScores? scores, double[] rewards)
    {
        // Where tokens are the actions, each pays for its own distance.
        var pays = spec.Kl.Place == KlPlace.Reward && !(algorithm.HasCritic && spec.Ppo.Action == PolicyAction.Token);
        var (shaped, start) = (new double[rewards.Length], 0);
        foreach (var (length, number) in episode.Lengths().Select((length, number) => (length, number)))
        {
            shaped[number] = rewards[number] + spec.Overlong.Of(length, format.Answer);
            for (var i = start; pays && i < start + length; i++)
            {
                shaped[number] -= spec.Kl.Beta * spec.Kl.Estimator.At(scores!.LogProbability[i], scores.Reference[i], spec.Kl.Clamp).Value;
            }

            start += length;
        }

        return shaped;
    }

    private PolicyWindow Window(LearningRow[] all)
    {
        // Episodes without any advantage have no gradient unless a critic, KL or the entropy learns from them; they are left out and do not count in the mean over tokens.
        var everyone = algorithm.HasCritic || spec.Kl.Place == KlPlace.Loss || spec.EntropyBonus != 0;
        var learnt = all.Where(row => everyone || Array.Exists(row.Advantages, advantage => advantage != 0)).ToArray();
        var (tokens, sequences) = (learnt.Sum(row => (long)row.Advantages.Length), all.Sum(row => (long)row.Episode.Tries.Count));
        var values = learnt.Sum(row => row.Returns.LongCount(value => !float.IsNaN(value)));
        var chunks = learnt.Chunk(Rows).ToList();
        return new PolicyWindow(
            [.. chunks.Select(chunk => EpisodeRows.Batch([.. chunk.Select(row => row.Episode)]))],
            [.. chunks.Select(chunk =>
            {
                int[] lengths = [.. chunk.SelectMany(row => row.Episode.Lengths())];
                return new PolicySignals([.. chunk.SelectMany(row => row.Advantages)], [.. chunk.SelectMany(row => row.Scores?.LogProbability ?? [])])
                {
                    Denominators = algorithm.Length == LengthNormalisation.TokenMean ? [] : LengthDenominators.Of(algorithm.Length, lengths, tokens, sequences, format.Answer),
                    Sequences = lengths,
                    Weights = [.. chunk.SelectMany(row => row.Weights(spec, algorithm, format))],
                    WindowSequences = sequences,
                    Returns = [.. chunk.SelectMany(row => row.Returns)],
                    OldValues = [.. chunk.SelectMany(row => row.Scores?.Value ?? [])],
                    WindowValues = values,
                };
            })],
            [.. chunks.Select(chunk => chunk.SelectMany(row => row.Episode.Tries.SelectMany(attempt => attempt.Answer.LogProbability)).ToArray())]);
    }
}

/// <summary>The window of one optimizer step.</summary>
/// <param name="SamplerLogProbabilities">log p of the supervised tokens as they were sampled, batch by batch.</param>
internal sealed record PolicyWindow(IReadOnlyList<TokenBatch> Batches, IReadOnlyList<PolicySignals> Signals, IReadOnlyList<float[]> SamplerLogProbabilities);
