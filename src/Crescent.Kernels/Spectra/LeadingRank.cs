namespace Crescent.Kernels.Spectra;

/// <summary>A leading share of a matrix's full rank as a number of singular vectors.</summary>
public static class LeadingRank
{
    /// <param name="field">Where the share comes from, for the message.</param>
    /// <exception cref="CrescentException"><c>rank-trivial</c>: the rank would reach the short side, where the subspaces are the whole space, every principal angle is 0 and a restoration is a copy.</exception>
    public static int Of(double share, int shortSide, string field)
    {
        var k = share is > 0 and < 1 ? Math.Max(1, (int)Math.Round(share * shortSide, MidpointRounding.AwayFromZero)) : shortSide;
        return k < shortSide ? k : throw new CrescentException(
            "rank-trivial", FormattableString.Invariant($"{field}: a share of {share} is rank {k} of {shortSide}, the whole space: every angle would be 0, every restoration a copy. Use a share over 0 and clearly under 1."));
    }

    /// <summary>The same for a number of vectors.</summary>
    /// <exception cref="CrescentException"><c>rank-trivial</c>: none, or the whole space.</exception>
    public static int Of(int k, int shortSide, string field) => k >= 1 && k < shortSide ? k : throw new CrescentException(
        "rank-trivial", FormattableString.Invariant($"{field}: rank {k} of {shortSide} {(k < 1 ? "is no subspace" : "is the whole space: every angle would be 0, every restoration a copy")}. Use 1 to {shortSide - 1}."));
}
