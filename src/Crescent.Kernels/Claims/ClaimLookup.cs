using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Crescent.Kernels.Evaluation;

namespace Crescent.Kernels.Claims;

/// <summary>Finds the records that a claim needs, or says which are missing.</summary>
internal static class ClaimLookup
{
    public static bool TryFind(this ClaimInputs inputs, out ClaimPoint[] points, out string missing, params ReadOnlySpan<(string Role, int Step)> wanted)
    {
        points = new ClaimPoint[wanted.Length];
        missing = "";
        for (var i = 0; i < wanted.Length; i++)
        {
            var (role, step) = wanted[i];
            if (inputs.Points.FirstOrDefault(point => point.Role == role && point.Step == step) is { } found)
            {
                points[i] = found;
            }
            else
            {
                missing += string.Create(CultureInfo.InvariantCulture, $"{(missing.Length == 0 ? "No evaluation of" : " and of")} {role} at step {step}");
            }
        }

        missing += missing.Length == 0 ? "" : ".";
        return missing.Length == 0;
    }

    public static bool TryFind<TResult>(this IReadOnlyList<ClaimPair<TResult>> pairs, string from, string to, [NotNullWhen(true)] out ClaimPair<TResult>? pair)
    {
        pair = pairs.FirstOrDefault(candidate => candidate.From == from && candidate.To == to);
        return pair is not null;
    }

    public static string[] Hashes(this IEnumerable<ClaimPoint> points) => [.. points.Select(point => point.Hash).Distinct(StringComparer.Ordinal)];

    /// <summary>Why the shared episodes cannot carry a claim within so many tries; null where they can.</summary>
    public static string? Problem(this ClaimInputs inputs, EpisodeMatch match, int tries)
    {
        var whole = inputs.Evaluation is { } evaluation ? WholeReportingSet(evaluation, match.Variant) : match.LargestRecord;
        return match.Count == 0 ? "The records share no reporting episode."
            : match.Count < whole ? string.Create(CultureInfo.InvariantCulture, $"The records share {match.Count} of {whole} reporting episodes; a claim needs the whole reporting set, at least two deals of each multiset, from each record.")
            : match.Tries < tries ? string.Create(CultureInfo.InvariantCulture, $"The records allow {match.Tries} tries; the claim is about {tries}.")
            : match.Saturated(tries) is { } all ? string.Create(CultureInfo.InvariantCulture, $"Saturated: every record solves {(all ? "all" : "none")} of the {match.Count} episodes within {tries} tries, so nothing can differ.")
            : null;
    }

    private static int WholeReportingSet(EvaluationSpec evaluation, EvaluationVariant variant) =>
        EvaluationDeals.Of(evaluation with { ReportingShare = 1, Orderings = Math.Max(2, evaluation.Orderings) }).Count(deal => deal.Variant == variant && deal.Split == DealSplit.Reporting);
}
