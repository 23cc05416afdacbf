using Crescent.Kernels.Reports.Charts;

namespace Crescent.Kernels.Reports.Figures;

/// <summary>The axis of SFT steps that the figures share: symmetric logarithmic with its unit at the first trained checkpoint, marked at the checkpoints themselves.</summary>
public sealed record StepAxis(IReadOnlyList<double> Steps)
{
    private const double Inset = 36;

    public static StepAxis Of(ExperimentResultDocument result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return new StepAxis([.. result.Checkpoints.Select(c => (double)c.Step).Concat(result.Controls.Select(a => (double)a.Step)).Distinct().Order()]);
    }

    /// <summary>The scale across an area, with room for marks at both ends.</summary>
    public Scale Across(Box area)
    {
        var unit = Steps.FirstOrDefault(s => s > 0, 1);
        return new SymlogScale(unit, Steps.FirstOrDefault(0), Steps.LastOrDefault(1), area.Left + Inset, area.Right - Inset);
    }

    public void Draw(Panel panel, string? title)
    {
        ArgumentNullException.ThrowIfNull(panel);
        panel.XAxis(Steps, s => Lettering.Number(s, 0), title);
    }
}
