using Crescent.Kernels.Claims;
using Crescent.Kernels.Reports.Figures;
using Crescent.Kernels.Spectra;

namespace Crescent.Kernels.Reports;

/// <summary>The figures that an experiment's findings allow, in the order of the page.</summary>
public static class ReportFigures
{
    public static IReadOnlyList<Figure> All(ExperimentResultDocument result, IReadOnlyList<ClaimPair<SpectraResult>> spectra)
    {
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(spectra);
        List<Figure> figures = [];
        if (result.Checkpoints.Count > 0)
        {
            figures.Add(RecoveryFigure.Draw(result));
        }

        if (result.Checkpoints.Any(c => c.Recovery is not null))
        {
            figures.Add(RecoveredFractionFigure.Draw(result));
        }

        if (result.AccuracyByTries.Any(t => t.Tries > 1))
        {
            figures.Add(TriesFigure.Draw(result));
        }

        if (result.Spectra.Count > 0)
        {
            figures.Add(AnglesFigure.Draw(result));
            figures.Add(SingularValuesFigure.Draw(spectra));
        }

        if (spectra.SelectMany(pair => pair.Result.Matrices).Any(m => m.Directions.Count > 0))
        {
            figures.Add(DirectionsFigure.Draw(spectra));
        }

        if (result.Heads.Count > 0)
        {
            figures.Add(HeadsFigure.Draw(result));
        }

        if (result.Interventions.Count > 0)
        {
            figures.Add(InterventionsFigure.Draw(result));
        }

        return figures;
    }
}
