using Crescent.Abstractions.Experiments;

namespace Crescent.Grains.Studies;

/// <summary>Decides what a study does next, from where its experiments are. Pure, and the same again until it is carried out: a decision names what should be, and doing it twice changes nothing.</summary>
public static class StudyPlan
{
    /// <param name="phase">Of the study.</param>
    /// <param name="cells">In the order in which they are started.</param>
    /// <param name="maxRunning">Experiments under way at a time; paused ones count.</param>
    public static StudyDecision Next(string phase, IReadOnlyList<StudyCellState> cells, int maxRunning)
    {
        ArgumentNullException.ThrowIfNull(phase);
        ArgumentNullException.ThrowIfNull(cells);
        var underWay = cells.Where(cell => cell.Phase is { } known && !Phases.IsTerminal(known)).ToList();
        if (phase == Phases.Cancelling)
        {
            return underWay.Count > 0
                ? new StudyDecision(phase, [], [.. underWay.Where(cell => cell.Phase != Phases.Cancelling).Select(cell => cell.ExperimentId)])
                : new StudyDecision(Phases.Cancelled, [], []);
        }

        if (Phases.IsTerminal(phase))
        {
            return new StudyDecision(phase, [], []);
        }

        var waiting = cells.Where(cell => cell.Phase is null).ToList();
        return waiting.Count > 0 || underWay.Count > 0
            ? new StudyDecision(Phases.Running, [.. waiting.Take(Math.Max(0, maxRunning - underWay.Count)).Select(cell => cell.ExperimentId)], [])
            : new StudyDecision(cells.All(cell => cell.Phase == Phases.Succeeded) ? Phases.Succeeded : Phases.Failed, [], []);
    }
}

/// <param name="Phase">Of the experiment; null while it has not been submitted.</param>
public sealed record StudyCellState(string ExperimentId, string? Phase);

/// <param name="Phase">Of the study now. It has failed where an experiment ended otherwise than succeeded; the rest was done all the same.</param>
/// <param name="Submit">Experiments to submit.</param>
/// <param name="Cancel">Experiments to cancel.</param>
public sealed record StudyDecision(string Phase, IReadOnlyList<string> Submit, IReadOnlyList<string> Cancel);
