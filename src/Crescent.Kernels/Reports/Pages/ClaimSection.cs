using Crescent.Kernels.Claims;
using Crescent.Kernels.Reports.Charts;
using Crescent.Kernels.Reports.Figures;

namespace Crescent.Kernels.Reports.Pages;

/// <summary>The table of verdicts: each claim with its criterion, estimate, interval, control, scope and records.</summary>
public static class ClaimSection
{
    /// <param name="of">What each claim is about, where they are about different things.</param>
    public static void Write(Html html, IReadOnlyList<ClaimResult> claims, IReadOnlyList<string>? of = null)
    {
        ArgumentNullException.ThrowIfNull(html);
        ArgumentNullException.ThrowIfNull(claims);
        html.Raw("""
            <div class="scroll"><table class="claims">
            <thead><tr><th>Claim</th><th>Estimate, 95 % interval</th><th>Verdict</th></tr></thead>
            <tbody>
            """);
        foreach (var (i, claim) in claims.Index())
        {
            var verdict = Word(claim.Verdict);
            html.Raw(claim.Scope == ClaimScope.Run ? $"""<tr id="claim-{SvgWriter.Escape(claim.Claim)}">""" : "<tr>").Add($"""<td><span class="claim">{Title(claim.Claim)}</span>""");
            if (of is not null)
            {
                html.Add($"""<span class="of">{of[i]}</span>""");
            }

            html.Add($"""<span class="detail">{claim.Claim}: {claim.Criterion}.</span>""");
            foreach (var control in claim.Controls)
            {
                var found = control.Estimate is null ? "not measured" : $"{Range(control.Estimate, control.Low, control.High)}, {(control.Holds ? "holds" : "does not hold")}";
                html.Add($"""<span class="detail">Control ({control.Name}): {control.Criterion}; {found}.</span>""");
            }

            if (claim.UnitsNeeded is { } needed && claim.Verdict == Verdict.Inconclusive)
            {
                html.Add($"""<span class="detail">Power: to see {Lettering.Number(claim.SmallestDifference, 2)} with a chance of 80 % takes about {Count(needed, claim.Scope == ClaimScope.Run ? "independent unit" : "seed")}.</span>""");
            }

            if (claim.Reason.Length > 0)
            {
                html.Add($"""<span class="detail">{claim.Reason}</span>""");
            }

            if (claim.Note is { } note)
            {
                html.Add($"""<span class="detail">{note}</span>""");
            }

            if (claim.PerSeed is { Count: > 0 } seeds)
            {
                html.Add($"""<span class="detail">By seed: {string.Join(", ", seeds.Select(seed => $"{Lettering.Difference(seed.Estimate, 3)} (seed {seed.Seed})"))}.</span>""");
            }

            html.Add($"""<span class="detail">Scope: this {Scope(claim)}. Records: {Records(claim)}""").Raw((claim.Scope == ClaimScope.Run ? string.Join(", ", claim.Records.Select(Link)) : "") + "</span></td>");
            html.Add($"""<td class="estimate">{Range(claim.Estimate, claim.Low, claim.High)}""").Raw(Strip(claim) + "</td>");
            html.Add($"""<td><span class="badge {verdict}">{Sign(claim.Verdict)} {verdict.Replace('-', ' ')}</span></td></tr>""");
        }

        html.Raw("</tbody></table></div>");
    }

    /// <summary>A claim in plain words.</summary>
    public static string Title(string claim) => claim switch
    {
        "forgets" => "SFT forgets the other rule",
        "rl-improves" => "RL improves on the checkpoint it starts from",
        "rl-restores" => "RL restores at least half of what was lost",
        "window" => "RL helps most from the middle of SFT",
        "rl-below-best" => "RL stays below the best SFT checkpoint",
        "rotation-not-values" => "Singular vectors rotate, singular values stay, beyond chance",
        "rotation-predicts" => "More rotation goes with lower OOD accuracy",
        "directions-restore" => "Restoring directions beats stepping back",
        "objective-beats-sft" => "The objective beats SFT out of distribution at matched ID accuracy",
        "more-tries-help" => "More tries in training help RL generalise",
        "sft-memorises-rl-generalises" => "SFT memorises, RL generalises, at equal compute",
        _ => claim,
    };

    /// <summary>The verdict as it stands in <c>result.json</c>.</summary>
    public static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Reproduced => "reproduced",
        Verdict.NotReproduced => "not-reproduced",
        _ => "inconclusive",
    };

    /// <summary>Those of a study are many and stand on the pages of its experiments.</summary>
    private static string Records(ClaimResult claim) => claim.Records.Count == 0 ? "none" : claim.Scope == ClaimScope.Run ? "" : $"{claim.Records.Count}, by hash in the result document.";

    private static string Link(string record) => $"""<a href="{SvgWriter.RecordAnchor}{SvgWriter.Escape(record)}">{SvgWriter.Escape(Wording.Abbreviate(record))}</a>""";

    private static string Sign(Verdict verdict) => verdict switch { Verdict.Reproduced => "\u2713", Verdict.NotReproduced => "\u2715", _ => "?" };

    private static string Scope(ClaimResult claim) => $"{(claim.Scope == ClaimScope.Run ? "run" : "study")}, {Count(claim.Seeds, "seed")}{(claim.Clusters > 0 ? $", {Count(claim.Clusters, "independent unit")}" : "")}";

    private static string Count(int count, string noun) => $"{count} {noun}{(count == 1 ? "" : "s")}";

    private static string Range(double? estimate, double? low, double? high) => (estimate, low, high) switch
    {
        ({ } value, { } from, { } to) => $"{Lettering.Difference(value, 3)} [{Lettering.Difference(from, 3)}, {Lettering.Difference(to, 3)}]",
        ({ } value, _, _) => $"{Lettering.Difference(value, 3)}, no interval",
        _ => "not measured",
    };

    /// <summary>The interval drawn on a line with 0 (solid) and the smallest difference that matters (dashed).</summary>
    private static string Strip(ClaimResult claim)
    {
        if (claim.Estimate is not { } estimate || claim.Low is not { } low || claim.High is not { } high)
        {
            return "";
        }

        var (least, greatest) = (Math.Min(0, low), Math.Max(claim.SmallestDifference, high));
        var margin = 0.06 * (greatest - least);
        var scale = new LinearScale(least - margin, greatest + margin, 2, 148);
        var svg = new SvgWriter();
        svg.Open("svg", ("class", "strip"), ("viewBox", "0 0 150 22"), ("aria-hidden", "true"));
        svg.Line("zero", scale.Map(0), 3, scale.Map(0), 19);
        svg.Line("least", scale.Map(claim.SmallestDifference), 3, scale.Map(claim.SmallestDifference), 19);
        svg.Line("bar", scale.Map(low), 11, scale.Map(high), 11);
        svg.Element("circle", ("class", "dot"), ("cx", SvgWriter.Number(scale.Map(estimate))), ("cy", "11"), ("r", "3.5"));
        svg.Close();
        return svg.ToString().TrimEnd();
    }
}
