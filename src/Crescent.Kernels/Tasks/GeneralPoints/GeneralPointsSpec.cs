using System.Text.Json.Serialization;

namespace Crescent.Kernels.Tasks.GeneralPoints;

/// <summary>What the face cards J, Q, K count as.</summary>
public enum FaceRule
{
    /// <summary>J, Q and K count as 10.</summary>
    [JsonStringEnumMemberName("faces-as-10")]
    FacesAsTen,

    /// <summary>J, Q and K count as 11, 12 and 13.</summary>
    [JsonStringEnumMemberName("faces-as-11-12-13")]
    FacesAsRanks,
}

/// <summary>GeneralPoints (arXiv 2501.17161): reach a target number with four cards, each used once. The variant trained on is in-distribution, the other out-of-distribution.</summary>
public sealed record GeneralPointsSpec
{
    public int Target { get; init; } = 24;
    public FaceRule InDistribution { get; init; } = FaceRule.FacesAsTen;
    public FaceRule OutOfDistribution { get; init; } = FaceRule.FacesAsRanks;

    /// <summary>A reference formula is drawn from the first so many solutions (shortest first, fewest '-' and '/').</summary>
    public int ReferenceSolutions { get; init; } = 4;
}
