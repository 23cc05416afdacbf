using Crescent.Kernels.Engines;
using Crescent.Kernels.Randomness;
using Crescent.Kernels.Tasks;

namespace Crescent.Kernels.Evaluation;

/// <summary>Plays the deals of an evaluation greedily with revision tries. Two calls with equal weights and spec give equal records.</summary>
public static class Evaluator
{
    /// <summary>Episodes played at a time; progress and snapshots fall between two such batches.</summary>
    public const int BatchSize = 128;

    /// <param name="finished">Episodes of an interrupted call, in order; they are not played again.</param>
    /// <param name="afterBatch">Called after each batch with the episodes finished so far and the number in all. May throw <see cref="OperationCanceledException"/> to stop.</param>
    public static EvaluationRecord Run(IEngine engine, EvaluationSpec spec, IReadOnlyList<EvaluationEpisode>? finished = null, Action<IReadOnlyList<EvaluationEpisode>, int>? afterBatch = null)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(spec);
        var task = spec.Task.Create();
        var deals = EvaluationDeals.Of(spec);
        var episodes = new List<EvaluationEpisode>(finished ?? []);
        while (episodes.Count < deals.Count)
        {
            var batch = deals.Skip(episodes.Count).Take(BatchSize).ToList();
            var played = Episode.Play(
                engine, task.Format, [.. batch.Select(deal => deal.Deal)], spec.Tries, temperature: 0, (episode, number) => new RandomKey(spec.Seed, RandomPurpose.EvaluationSampling, (uint)episode, (uint)number));
            episodes.AddRange(batch.Zip(played, (deal, episode) => Describe(spec, task, deal, episode)));
            afterBatch?.Invoke(episodes, deals.Count);
        }

        return new EvaluationRecord(spec.Tries, episodes);
    }

    /// <summary>Accuracies of a record by variant and split.</summary>
    /// <param name="whole">Also the share of clusters solved whole.</param>
    public static EvaluationSummary Summarise(EvaluationRecord record, bool whole = false)
    {
        ArgumentNullException.ThrowIfNull(record);
        return new EvaluationSummary(
            Accuracy(EvaluationVariant.InDistribution, DealSplit.Choosing),
            Accuracy(EvaluationVariant.OutOfDistribution, DealSplit.Choosing),
            Accuracy(EvaluationVariant.InDistribution, DealSplit.Reporting),
            Accuracy(EvaluationVariant.OutOfDistribution, DealSplit.Reporting))
        {
            ReportingHeldOut = record.Episodes.Any(episode => episode.Variant == EvaluationVariant.HeldOut) ? Accuracy(EvaluationVariant.HeldOut, DealSplit.Reporting) : null,
        };

        SplitAccuracy Accuracy(EvaluationVariant variant, DealSplit split) => Of([.. record.Episodes.Where(episode => episode.Variant == variant && episode.Split == split)], whole);
    }

    private static SplitAccuracy Of(EvaluationEpisode[] episodes, bool whole)
    {
        var count = Math.Max(1, episodes.Length);
        var clusters = episodes.GroupBy(episode => episode.Cluster).ToList();
        return new SplitAccuracy(
            (double)episodes.Count(episode => episode.SolvedAt == 1) / count,
            (double)episodes.Count(episode => episode.SolvedAt > 0) / count,
            episodes.Length,
            clusters.Count)
        {
            Whole = whole && clusters.Count > 0
                ? new WholeAccuracy(
                    (double)clusters.Count(cluster => cluster.All(episode => episode.SolvedAt == 1)) / clusters.Count,
                    (double)clusters.Count(cluster => cluster.All(episode => episode.SolvedAt > 0)) / clusters.Count)
                : null,
        };
    }

    private static EvaluationEpisode Describe(EvaluationSpec spec, ITask task, EvaluationDeal deal, Episode episode) => new(
        deal.Variant,
        deal.Split,
        episode.Deal.Cards,
        episode.Deal.Cluster,
        episode.SolvedAt,
        [.. episode.Tries.Select(attempt => attempt.Judgement.Verdict.Name())],
        task.Text(episode.Tries[0].Answer.Tokens))
    {
        LaterAnswers = spec.AllAnswers ? [.. episode.Tries.Skip(1).Select(attempt => task.Text(attempt.Answer.Tokens))] : null,
    };
}
