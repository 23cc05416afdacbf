using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Crescent.Kernels.Randomness;
using Crescent.Kernels.Tasks;

namespace Crescent.Kernels.Evaluation;

/// <param name="Variant">The variant that the deal belongs to.</param>
public sealed record EvaluationDeal(EvaluationVariant Variant, DealSplit Split, ITaskDeal Deal);

/// <summary>
/// Which deals an evaluation plays. The clusters of each variant (value multisets, routes) are split once by a fixed hash: a quarter for choosing, the rest for reporting, whatever the seed, so that nothing chosen is reported on.
/// The deals of a cluster are drawn with the seed, keyed by the cluster, so two checkpoints of one experiment meet the same deals.
/// </summary>
public static class EvaluationDeals
{
    /// <summary>The least number of reporting episodes of a variant.</summary>
    public const int LeastEpisodes = 200;
    private const int ChoosingPart = 4;

    /// <summary>The deals of an evaluation in playing order: in-distribution first, clusters in the task's order.</summary>
    public static IReadOnlyList<EvaluationDeal> Of(EvaluationSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var task = spec.Task.Create();
        return
        [
            .. OfVariant(spec, task, EvaluationVariant.InDistribution),
            .. OfVariant(spec, task, EvaluationVariant.OutOfDistribution),
            .. OfVariant(spec, task, EvaluationVariant.HeldOut),
        ];
    }

    /// <summary>Where a cluster belongs: a function of its name alone.</summary>
    public static DealSplit Split(string cluster) => Hash(cluster) % ChoosingPart == 0 ? DealSplit.Choosing : DealSplit.Reporting;

    private static IEnumerable<EvaluationDeal> OfVariant(EvaluationSpec spec, ITask task, EvaluationVariant variant)
    {
        var clusters = task.Clusters(variant);
        var dealt = clusters.ToDictionary(cluster => cluster.Name, cluster => Deals(spec, variant, cluster), StringComparer.Ordinal);
        var reporting = clusters.Select(cluster => cluster.Name).Where(name => Split(name) == DealSplit.Reporting).OrderBy(Hash).ToList();
        var used = (int)Math.Ceiling(spec.ReportingShare * reporting.Count);
        var episodes = reporting.Take(used).Sum(name => dealt[name].Count);
        while (used < reporting.Count && episodes < LeastEpisodes)
        {
            episodes += dealt[reporting[used++]].Count;
        }

        var left = reporting.Skip(used).ToHashSet(StringComparer.Ordinal);
        return from cluster in clusters
               where !left.Contains(cluster.Name)
               from deal in dealt[cluster.Name]
               select new EvaluationDeal(variant, Split(cluster.Name), deal);
    }

    private static IReadOnlyList<ITaskDeal> Deals(EvaluationSpec spec, EvaluationVariant variant, IDealCluster cluster)
    {
        var wanted = Split(cluster.Name) == DealSplit.Choosing ? spec.ChoosingOrderings : spec.Orderings;
        return cluster.Deals(new RandomStream(new RandomKey(spec.Seed, RandomPurpose.EvaluationDeals, (uint)variant, cluster.Number)), wanted);
    }

    private static ulong Hash(string cluster) => BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.ASCII.GetBytes(cluster)));
}
