namespace Crescent.Kernels.Reports.Pages;

/// <summary>The page's style sheet: system fonts only, light and dark, one column of text with figures a little wider.</summary>
public static class ReportStyle
{
    public const string Css = """
        :root { --page: #fbfbfa; --card: #ffffff; --text: #1f2630; --muted: #5c6774; --rule: #e3e6e9; --accent: #00664a; --code: #f1f3f4;
          --good: #00664a; --good-soft: #e2f2ec; --bad: #9a3b00; --bad-soft: #fbeadf; --open: #58616c; --open-soft: #edeff1; }
        @media (prefers-color-scheme: dark) {
          :root { --page: #101418; --card: #161b21; --text: #dfe4ea; --muted: #9ba6b2; --rule: #2a313a; --accent: #53cda4; --code: #1d242b;
            --good: #5fd3ab; --good-soft: #15302a; --bad: #ff9e68; --bad-soft: #38231a; --open: #b0b9c3; --open-soft: #252c34; }
        }
        * { box-sizing: border-box; }
        html { color-scheme: light dark; background: var(--page); color: var(--text); -webkit-text-size-adjust: 100%; }
        body { margin: 0 auto; max-width: 944px; padding: 56px 28px 96px; font: 17px/1.62 Charter, "Bitstream Charter", "Sitka Text", Cambria, Georgia, "Liberation Serif", serif; }
        h1, h2, h3, table, .kicker, dl, code, summary, .badge, .sans { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif; }
        h1 { font-size: 33px; line-height: 1.2; letter-spacing: -0.015em; font-weight: 680; margin: 6px 0 20px; max-width: 25em; text-wrap: balance; }
        h2 { font-size: 22px; letter-spacing: -0.01em; font-weight: 650; margin: 64px 0 14px; }
        h3 { font-size: 17px; font-weight: 650; margin: 0 0 12px; }
        h3.after { margin-top: 36px; }
        p, li { max-width: 42em; }
        p { margin: 0 0 16px; }
        ul { margin: 0 0 16px; padding-left: 1.2em; }
        li { margin: 6px 0; }
        a { color: var(--accent); text-underline-offset: 2px; }
        .kicker { font-size: 13px; letter-spacing: 0.08em; text-transform: uppercase; color: var(--muted); margin: 0; }
        .lede { font-size: 19px; line-height: 1.58; }
        .note { border-left: 3px solid var(--accent); padding: 2px 0 2px 18px; margin: 26px 0; }
        .note p:last-child { margin-bottom: 0; }
        .muted { color: var(--muted); }
        dl.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(258px, 1fr)); gap: 14px 28px; margin: 30px 0 8px; padding: 20px 0; border: solid var(--rule); border-width: 1px 0; }
        dl.facts dt { font-size: 12.5px; color: var(--muted); }
        dl.facts dd { margin: 1px 0 0; font-size: 14.5px; line-height: 1.45; overflow-wrap: anywhere; }
        code { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; font-size: 0.86em; }
        pre, .hash { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; }
        .command { display: block; background: var(--code); border-radius: 6px; padding: 8px 12px; font-size: 13px; overflow-x: auto; white-space: nowrap; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; font-size: 14px; line-height: 1.45; font-variant-numeric: tabular-nums; }
        th { text-align: left; font-weight: 600; color: var(--muted); font-size: 12.5px; vertical-align: bottom; }
        th, td { padding: 9px 14px 9px 0; border-bottom: 1px solid var(--rule); }
        td { vertical-align: top; }
        th:last-child, td:last-child { padding-right: 0; }
        td.number, th.number { text-align: right; white-space: nowrap; }
        td .interval { color: var(--muted); white-space: nowrap; }
        tbody tr.best td { background: color-mix(in srgb, var(--good-soft) 55%, transparent); }
        .claims { min-width: 640px; }
        .claims td { padding-top: 14px; padding-bottom: 14px; }
        .claims .claim { font-weight: 600; display: block; }
        .claims .of { display: block; font-size: 13.5px; }
        .claims .detail { color: var(--muted); font-size: 13px; display: block; max-width: 46em; }
        .claims .estimate { white-space: nowrap; }
        .badge { display: inline-block; font-size: 12.5px; font-weight: 600; border-radius: 99px; padding: 2px 10px; white-space: nowrap; }
        .badge.reproduced { color: var(--good); background: var(--good-soft); }
        .badge.not-reproduced { color: var(--bad); background: var(--bad-soft); }
        .badge.inconclusive { color: var(--open); background: var(--open-soft); }
        .strip { display: block; width: 150px; height: 22px; margin-top: 4px; }
        .strip .zero { stroke: var(--muted); } .strip .least { stroke: var(--muted); stroke-dasharray: 2 2; }
        .strip .bar { stroke: var(--text); stroke-width: 1.5; } .strip .dot { fill: var(--text); }
        figure { margin: 34px 0 48px; background: var(--card); border: 1px solid var(--rule); border-radius: 10px; padding: 24px 22px 18px; }
        figure svg.fig { display: block; width: 100%; min-width: 660px; height: auto; }
        figcaption { font-size: 15px; line-height: 1.55; color: var(--muted); margin: 14px 0 12px; max-width: 52em; }
        details { margin-top: 12px; }
        summary { cursor: pointer; font-size: 13.5px; color: var(--accent); }
        details .scroll { max-height: 420px; overflow-y: auto; margin-top: 10px; border-top: 1px solid var(--rule); }
        details table { font-size: 12.5px; }
        details th, details td { padding: 4px 12px 4px 0; white-space: nowrap; }
        .hash { font-size: 12px; overflow-wrap: anywhere; color: var(--muted); }
        footer { margin-top: 72px; padding-top: 18px; border-top: 1px solid var(--rule); font-size: 14px; color: var(--muted); }
        @media print { body { max-width: none; padding: 0; } figure { break-inside: avoid; } }
        """;
}
