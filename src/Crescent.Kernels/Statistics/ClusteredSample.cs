namespace Crescent.Kernels.Statistics;

/// <summary>Values that belong to clusters: values of one cluster may depend on each other, clusters do not.</summary>
public sealed class ClusteredSample
{
    private readonly int[] sizes;

    /// <param name="clusters">The cluster of each value. Clusters are numbered by ordinal order of their names, so that results do not depend on the order of the values.</param>
    public ClusteredSample(IReadOnlyList<double> values, IReadOnlyList<string> clusters)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(clusters);
        if (values.Count != clusters.Count)
        {
            throw new ArgumentException("Each value needs its cluster.", nameof(clusters));
        }

        Values = values;
        var number = clusters.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select((name, index) => (name, index)).ToDictionary(StringComparer.Ordinal);
        ClusterOf = [.. clusters.Select(name => number[name])];
        sizes = new int[number.Count];
        foreach (var cluster in ClusterOf)
        {
            sizes[cluster]++;
        }
    }

    public IReadOnlyList<double> Values { get; }

    /// <summary>Number of each value's cluster, from 0.</summary>
    public IReadOnlyList<int> ClusterOf { get; }

    public int Clusters => sizes.Length;

    public double Mean => Values.Count == 0 ? double.NaN : Values.Sum() / Values.Count;

    /// <summary>Sum of each cluster's values.</summary>
    public double[] Sums()
    {
        var sums = new double[sizes.Length];
        for (var i = 0; i < Values.Count; i++)
        {
            sums[ClusterOf[i]] += Values[i];
        }

        return sums;
    }

    /// <summary>Cluster-robust variance of the mean: G / (G - 1) sum over clusters of (S_g - n_g mean)^2 / N^2. NaN with fewer than two clusters.</summary>
    public double VarianceOfMean() => Covariance(this, this);

    /// <summary>Cluster-robust covariance of the means of two samples over the same items in the same order.</summary>
    public static double Covariance(ClusteredSample a, ClusteredSample b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        if (a.Clusters < 2)
        {
            return double.NaN;
        }

        var (sumsA, sumsB, meanA, meanB, n) = (a.Sums(), b.Sums(), a.Mean, b.Mean, (double)a.Values.Count);
        var total = 0.0;
        for (var g = 0; g < sumsA.Length; g++)
        {
            total += (sumsA[g] - (a.sizes[g] * meanA)) * (sumsB[g] - (b.sizes[g] * meanB));
        }

        return total * a.Clusters / (a.Clusters - 1) / (n * n);
    }

    /// <summary>Mean with a cluster-robust t interval on G - 1 degrees of freedom; infinite with fewer than two clusters.</summary>
    public Interval MeanInterval(double confidence = Interval.Confidence)
    {
        if (Clusters < 2)
        {
            return new Interval(Mean, double.NegativeInfinity, double.PositiveInfinity);
        }

        var half = StudentT.TwoSided(confidence, Clusters - 1) * Math.Sqrt(VarianceOfMean());
        return new Interval(Mean, Mean - half, Mean + half);
    }
}
