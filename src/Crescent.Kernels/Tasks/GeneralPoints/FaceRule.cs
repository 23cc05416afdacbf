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

    /// <summary>J, Q and K count as 5, 6 and 7: a rule that base training never shows.</summary>
    [JsonStringEnumMemberName("faces-as-5-6-7")]
    FacesAsFiveSixSeven,
}

public static class FaceRules
{
    /// <summary>What a card counts.</summary>
    /// <param name="rank">1 (ace) to 13 (king).</param>
    public static int Value(this FaceRule rule, int rank) => rule switch
    {
        FaceRule.FacesAsTen => Math.Min(rank, 10),
        FaceRule.FacesAsFiveSixSeven when rank >= Deal.FirstFace => rank - 6,
        _ => rank,
    };

    /// <summary>The ranks that count so much, rising.</summary>
    public static int[] Ranks(this FaceRule rule, int value) => [.. Enumerable.Range(1, SolutionBook.MaxRank).Where(rank => rule.Value(rank) == value)];

    /// <summary>For people: <c>J, Q, K count as 10</c>.</summary>
    public static string Describe(this FaceRule rule) => rule switch
    {
        FaceRule.FacesAsTen => "J, Q, K count as 10",
        FaceRule.FacesAsRanks => "J, Q, K count as 11, 12, 13",
        _ => "J, Q, K count as 5, 6, 7",
    };

    /// <summary>The original's sentence about the face cards, without its full stop.</summary>
    public static string Sentence(this FaceRule rule) => rule switch
    {
        FaceRule.FacesAsTen => "'J', 'Q', and 'K' count as '10'",
        FaceRule.FacesAsRanks => "'J', 'Q', and 'K' count as '11', '12', and '13' respectively",
        _ => "'J', 'Q', and 'K' count as '5', '6', and '7' respectively",
    };
}
