using System.Globalization;
using Crescent.Kernels.Randomness;
using Crescent.Kernels.Statistics;

namespace Crescent.Kernels.Tests.Statistics;

/// <summary>Binary outcomes whose clusters share a success probability, so that episodes of one cluster go together.</summary>
internal sealed class SimulatedClusters(uint index)
{
    private readonly RandomStream random = new(new RandomKey(2026, RandomPurpose.Bootstrap, index));

    /// <summary>Half of the clusters are easy, half hard, around the mean.</summary>
    public ClusteredSample Successes(int clusters, double mean, double spread, int largest = 4) => Draw(clusters, largest, () => mean + (random.NextInt(2) == 0 ? spread : -spread), p => random.NextDouble() < p ? 1 : 0);

    /// <summary>Differences of two models that are equally good: each episode's outcome is theirs with a cluster's own leaning to one or the other.</summary>
    public ClusteredSample NullDifferences(int clusters, int largest = 4) => Draw(clusters, largest, () => random.NextInt(3) - 1, leaning => random.NextDouble() < 0.3 ? leaning : random.NextInt(8) == 0 ? random.NextInt(3) - 1 : 0);

    private ClusteredSample Draw(int clusters, int largest, Func<double> cluster, Func<double, double> episode)
    {
        var (values, labels) = (new List<double>(), new List<string>());
        for (var c = 0; c < clusters; c++)
        {
            var own = cluster();
            for (var i = 1 + random.NextInt(largest); i > 0; i--)
            {
                values.Add(episode(own));
                labels.Add(c.ToString(CultureInfo.InvariantCulture));
            }
        }

        return new ClusteredSample(values, labels);
    }
}
