namespace Crescent.Kernels.Recovery;

/// <summary>Soft punishment of long answers (DAPO, arXiv 2503.14476): 0 up to the longest length less the buffer, then falling linearly to -penalty at the longest length.</summary>
/// <param name="Buffer">Tokens before the longest length in which it falls; 0: no punishment.</param>
/// <param name="Penalty">Reward lost at the longest length.</param>
public sealed record OverlongSpec(int Buffer = 0, double Penalty = 1)
{
    /// <summary>What an answer of so many tokens loses; 0 or negative.</summary>
    public double Of(int length, int longest) => Buffer == 0 || length <= longest - Buffer ? 0 : -Penalty * Math.Min(1, (length - (longest - Buffer)) / (double)Buffer);
}
