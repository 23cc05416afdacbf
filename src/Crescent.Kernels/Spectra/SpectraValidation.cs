namespace Crescent.Kernels.Spectra;

/// <summary>What makes the spec of a spectral analysis unusable, ranks against matrices aside (<see cref="LeadingRank"/>).</summary>
public static class SpectraValidation
{
    public static IReadOnlyList<SpecProblem> Validate(this SpectraSpec spec, string path = "")
    {
        ArgumentNullException.ThrowIfNull(spec);
        var problems = new SpecProblemList(path);
        problems.Require(spec.NullDraws >= 1, "nullDraws", $"Is {spec.NullDraws}; use at least 1: no angle stands without its null.");
        problems.Require(spec.HeadNullDraws >= 0, "headNullDraws", $"Is {spec.HeadNullDraws}; use 0 (no products of heads) or more.");
        problems.Require(spec.RankShares.Count + spec.Ranks.Count > 0, "rankShares", "Is empty, so no subspaces are compared. Name a share, 0.1 for instance.");
        problems.Require(spec.ClusterGap is >= 0 and < 1, "clusterGap", $"{spec.ClusterGap} is no share of the largest singular value; use a number from 0, under 1.");
        return problems.Problems;
    }
}
