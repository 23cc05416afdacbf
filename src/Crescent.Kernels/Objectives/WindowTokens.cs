using Crescent.Kernels.Engines;

namespace Crescent.Kernels.Objectives;

/// <summary>The supervised tokens of a window end to end, with the rows that they belong to: for objectives that look across tokens.</summary>
public sealed class WindowTokens
{
    private readonly ObjectiveWindow window;
    private readonly List<int[]> rows = [];

    public WindowTokens(ObjectiveWindow window)
    {
        ArgumentNullException.ThrowIfNull(window);
        this.window = window;
        var start = 0;
        foreach (var batch in window.Batches)
        {
            var rowOf = batch.Tokens.TargetRows();
            for (var first = 0; first < rowOf.Length;)
            {
                var end = first + 1;
                while (end < rowOf.Length && rowOf[end] == rowOf[first])
                {
                    end++;
                }

                rows.Add([.. Enumerable.Range(start + first, end - first)]);
                first = end;
            }

            start += rowOf.Length;
        }

        Count = start;
    }

    public int Count { get; }

    /// <summary>Indices of each row's tokens; rows without any are left out.</summary>
    public IReadOnlyList<int[]> Rows => rows;

    /// <summary>One statistic of all tokens.</summary>
    public float[] Of(Func<TokenStatistics, float[]> statistic) => [.. window.Batches.SelectMany(batch => statistic(batch.Statistics))];

    /// <summary>Rows put together to the groups of a scope, each with its rows in order.</summary>
    public IReadOnlyList<int[][]> Groups(SelectionScope scope, int microBatch) => [.. rows.Chunk(scope switch
    {
        SelectionScope.Sequence => 1,
        SelectionScope.MicroBatch => microBatch,
        _ => Math.Max(1, rows.Count),
    })];

    /// <summary>Cuts values of all tokens into the batches'.</summary>
    public IReadOnlyList<float[]> Split(double[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var (parts, start) = (new List<float[]>(window.Batches.Count), 0);
        foreach (var batch in window.Batches)
        {
            var length = batch.Statistics.LogProbability.Length;
            parts.Add([.. values.AsSpan(start, length).ToArray().Select(value => (float)value)]);
            start += length;
        }

        return parts;
    }
}
