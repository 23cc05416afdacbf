namespace Crescent.Kernels.Engines;

/// <summary>
/// Rows of tokens of unequal length, laid end to end, each from position 0: no padding anywhere. A token is supervised when its log-probability, given the tokens of its row before it, is wanted.
/// </summary>
public sealed class TokenBatch
{
    /// <param name="tokens">All rows' tokens, end to end.</param>
    /// <param name="offsets">Row r is <c>tokens[offsets[r] .. offsets[r + 1]]</c>; length rows + 1, from 0 to <c>tokens.Length</c>.</param>
    /// <param name="targets">Flat indices of the supervised tokens, rising; never a row's first token.</param>
    public TokenBatch(int[] tokens, int[] offsets, int[] targets)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentNullException.ThrowIfNull(offsets);
        ArgumentNullException.ThrowIfNull(targets);
        Tokens = tokens;
        Offsets = offsets;
        Targets = targets;
    }

    public int[] Tokens { get; }
    public int[] Offsets { get; }
    public int[] Targets { get; }
    public int Rows => Offsets.Length - 1;

    /// <summary>The row of each supervised token.</summary>
    public int[] TargetRows()
    {
        var rows = new int[Targets.Length];
        for (int i = 0, row = 0; i < rows.Length; i++)
        {
            while (Targets[i] >= Offsets[row + 1])
            {
                row++;
            }

            rows[i] = row;
        }

        return rows;
    }
}
