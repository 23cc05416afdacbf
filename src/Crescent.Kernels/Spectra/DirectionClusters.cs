namespace Crescent.Kernels.Spectra;

/// <summary>Neighbouring singular values that are too near each other for their vectors to be told apart.</summary>
/// <param name="First">Index of the first, from 0.</param>
internal readonly record struct DirectionCluster(int First, int Count);

internal static class DirectionClusters
{
    /// <summary>Splits falling values where neighbours differ by more than <paramref name="gap"/> of the largest.</summary>
    public static IReadOnlyList<DirectionCluster> Of(ReadOnlySpan<double> values, double gap)
    {
        List<DirectionCluster> clusters = [];
        for (var first = 0; first < values.Length;)
        {
            var end = first + 1;
            while (end < values.Length && values[end - 1] - values[end] <= gap * values[0])
            {
                end++;
            }

            clusters.Add(new DirectionCluster(first, end - first));
            first = end;
        }

        return clusters;
    }
}
