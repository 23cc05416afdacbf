using System.Globalization;

namespace Crescent.Kernels.Reports.Pages;

/// <summary>What each training run has computed, so that SFT and RL can be compared at equal compute.</summary>
internal static class ComputeSection
{
    public static void Write(Html html, IReadOnlyList<ReportCompute> runs)
    {
        ArgumentNullException.ThrowIfNull(html);
        ArgumentNullException.ThrowIfNull(runs);
        if (runs.Count == 0)
        {
            return;
        }

        html.Raw("</section>\n<section id=\"compute\">\n<h2>Compute</h2>");
        html.Raw("<p>FLOPs for a model of N parameters: 6 N a trained token, 2 N a scored or generated one. A generation reads its whole prompt. Evaluations and analyses are not among them.</p>");
        html.Table(["Run", "Trained tokens", "Scored tokens", "Generated tokens", "FLOPs"], runs.Select(Cells), column => column > 0);
    }

    private static IEnumerable<string> Cells(ReportCompute run) =>
    [
        run.Run,
        Count(run.Use.TrainedTokens),
        Count(run.Use.ScoredTokens),
        Count(run.Use.GeneratedTokens),
        run.Use.Flops.ToString("0.00e+0", CultureInfo.InvariantCulture),
    ];

    private static string Count(long tokens) => tokens.ToString("N0", CultureInfo.InvariantCulture);
}
