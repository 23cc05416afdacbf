using Crescent.Kernels.Claims;
using Crescent.Kernels.Reports;
using Crescent.Kernels.Reports.Figures;

namespace Crescent.Kernels.Studies;

/// <summary>One edit of the weights against one of its controls, over seeds: OOD within all tries. Exploratory: p-values are corrected by Benjamini and Hochberg over all edits of the study.</summary>
/// <param name="Edit">In words: <c>directions first 20 %</c>.</param>
/// <param name="Control"><c>rollback</c>: a straight step back of the same norm; <c>random-directions</c>: random directions of the same norm.</param>
/// <param name="Difference">Edited minus control, mean over seeds.</param>
public sealed record StudyEdit(string Cell, string From, string To, string Edit, string Control, double Difference, double? Low, double? High, int Seeds, double PValue, double FalseDiscovery)
{
    public const string Rollback = "rollback";
    public const string RandomDirections = "random-directions";

    internal static IReadOnlyList<StudyEdit> Of(IReadOnlyList<StudyCell> cells)
    {
        var compared =
            (from cell in cells
             from run in cell.Runs
             where run.Counts
             from entry in run.Result!.Interventions
             from control in Controls(entry)
             group control.Difference by (Cell: cell.Name, entry.From, entry.To, entry.Edit, Label: InterventionsFigure.Edit(entry), control.Name)).ToList();
        var scan = StudyScan.Of([.. compared.Select(found => new ScanPoint(found.Key.Label, found.Key.Edit.RankShare, [.. found]))]);
        return
        [
            .. scan.Zip(compared, (found, of) => new StudyEdit(
                of.Key.Cell, of.Key.From, of.Key.To, of.Key.Label, of.Key.Name, found.Interval.Estimate, StudyFindings.Finite(found.Interval.Low), StudyFindings.Finite(found.Interval.High), found.Seeds, found.PValue, found.FalseDiscovery)),
        ];
    }

    /// <summary>An edit that moves the weights as far as a full copy has no rollback of its norm, so none is compared with.</summary>
    private static IEnumerable<(string Name, double Difference)> Controls(InterventionEntry entry)
    {
        var edited = Accuracy(entry.Edited);
        if (!entry.Saturated)
        {
            yield return (Rollback, edited - Accuracy(entry.Rollback));
        }

        if (entry.RandomDirections is { } random)
        {
            yield return (RandomDirections, edited - Accuracy(random));
        }
    }

    private static double Accuracy(EditAccuracy model) => model.OutOfDistribution.WithinTries.Accuracy;
}
