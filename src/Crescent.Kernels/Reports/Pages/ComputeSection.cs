using System.Globalization;
using Crescent.Kernels.Accounting;

namespace Crescent.Kernels.Reports.Pages;

/// <summary>What the experiment has computed, stage by stage and run by run, so that SFT and RL can be compared at equal compute and what was measured on top is seen.</summary>
internal static class ComputeSection
{
    private const string Unsaid = "Training";

    public static void Write(Html html, IReadOnlyList<ReportCompute> runs)
    {
        ArgumentNullException.ThrowIfNull(html);
        ArgumentNullException.ThrowIfNull(runs);
        if (runs.Count == 0)
        {
            return;
        }

        var total = runs.Sum(run => run.Use.Flops);
        html.Raw("</section>\n<section id=\"compute\">\n<h2>Compute</h2>");
        html.Raw("<p>FLOPs for a model of N parameters: 6 N a trained token, 2 N a scored or generated one; a generation reads its whole prompt. Spectra and interventions also count the operations of their decompositions.</p>");
        html.Table(
            ["Stage", "Runs", "Tokens", "FLOPs", "Share"],
            [.. ComputeRoles.Group(runs, run => run.Role ?? Unsaid).Select(stage => Stage(ComputeRoles.Label(stage.Key), [.. stage], total)), Stage("All", runs, total)],
            column => column > 0);
        html.Add($"<details><summary>Run by run ({runs.Count})</summary>");
        html.Table(["Run", "Trained tokens", "Scored tokens", "Generated tokens", "FLOPs"], runs.Select(Run), column => column > 0);
        html.Raw("</details>");
    }

    private static IEnumerable<string> Stage(string label, IReadOnlyList<ReportCompute> runs, double total)
    {
        var flops = runs.Sum(run => run.Use.Flops);
        return [label, Count(runs.Count), Count(runs.Sum(run => run.Use.Tokens)), Flops(flops), (total > 0 ? flops / total : 0).ToString("0.0 %", CultureInfo.InvariantCulture)];
    }

    private static IEnumerable<string> Run(ReportCompute run) => [run.Run, Count(run.Use.TrainedTokens), Count(run.Use.ScoredTokens), Count(run.Use.GeneratedTokens), Flops(run.Use.Flops)];

    private static string Flops(double flops) => flops.ToString("0.00e+0", CultureInfo.InvariantCulture);

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
