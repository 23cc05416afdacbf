namespace Crescent.Kernels.Reports.Charts;

/// <summary>
/// Colours and letters of the figures. Hues are Okabe and Ito's (colour-blind safe), darkened or lightened to 4.5 : 1 against the surface where text uses them; shapes and dashes repeat what hue says.
/// Custom properties carry the light and the dark scheme, so the same SVG serves alone and inside a page.
/// </summary>
public static class ChartStyle
{
    public const string Fonts = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Liberation Sans', Arial, sans-serif";

    /// <summary>Style rules, scoped to <c>.fig</c>.</summary>
    public const string Css = $$"""
        .fig { --ink: #1d2530; --soft: #586474; --line: #9aa5b1; --grid: #e8ecf0; --surface: #ffffff; --shade: #eef4f1;
          --id: #0067a3; --ood: #c24e00; --rl: #007a58; --control: #6b7480; --positive: #9c4585; --edit: #0067a3; --rollback: #b98500; --held-out: #7a5c00; --random: #8a939e; --from: #8a939e; }
        @media (prefers-color-scheme: dark) {
          .fig { --ink: #e6eaef; --soft: #a3aebb; --line: #5d6875; --grid: #2a323c; --surface: #161b21; --shade: #1d2b27;
            --id: #62b3ec; --ood: #ff9152; --rl: #3fc79b; --control: #98a2ae; --positive: #dd97c7; --edit: #62b3ec; --rollback: #e5b94a; --held-out: #e5b94a; --random: #8892a0; --from: #8892a0; }
        }
        .fig { color-scheme: light dark; font-family: {{Fonts}}; font-variant-numeric: tabular-nums; }
        .fig text { fill: var(--ink); font-size: 12px; }
        .fig .heading { font-size: 13px; font-weight: 600; }
        .fig .tick, .fig .note, .fig .axis-label { fill: var(--soft); }
        .fig .tick, .fig .note { font-size: 11px; }
        .fig .cell { font-size: 10.5px; }
        .fig .cell.dark { fill: #10202e; }
        .fig .cell.light { fill: #ffffff; }
        .fig .halo { paint-order: stroke; stroke: var(--surface); stroke-width: 3.5px; stroke-linejoin: round; }
        .fig .surface, .fig .plot { fill: var(--surface); }
        .fig .grid { stroke: var(--grid); }
        .fig .axis { stroke: var(--line); }
        .fig .shade { fill: var(--shade); }
        .fig .reference { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 5 4; fill: none; }
        .fig .line { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
        .fig .bar { opacity: 0.85; }
        .fig .wide { stroke-width: 4; opacity: 0.55; }
        .fig .thin { fill: none; stroke-width: 1.25; }
        .fig .dashed { stroke-dasharray: 5 3; }
        .fig .dotted { stroke-dasharray: 1.5 3; stroke-linecap: round; }
        .fig .band { stroke: none; opacity: 0.16; }
        .fig .whisker { stroke-width: 1.25; fill: none; }
        .fig .arrow { stroke-width: 2; fill: none; }
        .fig a { cursor: pointer; }
        .fig .hollow { stroke-width: 1.75; }
        .fig polygon.hollow, .fig rect.hollow, .fig circle.hollow { fill: var(--surface); }
        .fig .id { --hue: var(--id); } .fig .ood { --hue: var(--ood); } .fig .rl { --hue: var(--rl); } .fig .control { --hue: var(--control); }
        .fig .positive { --hue: var(--positive); } .fig .edit { --hue: var(--edit); } .fig .rollback { --hue: var(--rollback); } .fig .random { --hue: var(--random); } .fig .from { --hue: var(--from); } .fig .held-out { --hue: var(--held-out); }
        .fig .line, .fig .thin, .fig .whisker, .fig .arrow, .fig .hollow { stroke: var(--hue, var(--ink)); }
        .fig .band, .fig .solid { fill: var(--hue, var(--ink)); }
        .fig text.hue { fill: var(--hue, var(--ink)); font-weight: 600; }
        """;
}
