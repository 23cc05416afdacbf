using System.Globalization;
using Crescent.Abstractions.Experiments;
using Crescent.Kernels.Jobs;
using Crescent.Kernels.Objectives;
using Crescent.Kernels.Recovery;
using Crescent.Kernels.Reports;
using Crescent.Kernels.Sft;

namespace Crescent.Grains.Experiments;

/// <summary>
/// All runs of an experiment, from its spec alone. Priorities keep two lanes busy: SFT first, which everything waits for; then the evaluations that choose the best checkpoint, and the interventions that wait for it;
/// then the long recovery runs, the longest first (an early start answers at greater length for longer); last, what is short.
/// </summary>
public static class PlannedRuns
{
    public const string Base = "base";
    public const string Sft = "sft";
    public const string Report = "report";

    public static IReadOnlyList<PlannedRun> Of(ExperimentSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var recoveries = Recoveries(spec).ToList();
        return
        [
            .. spec.Origin is null ? [new PlannedRun(Base, JobKinds.BaseTraining, "Base training", 1000, () => JobJson.Write(spec.Base), [])] : Array.Empty<PlannedRun>(),
            new PlannedRun(Sft, JobKinds.Sft, "SFT", 900, () => JobJson.Write(spec.Sft with { Checkpoints = [] }), [new PlannedInput("base", BaseOf(spec)), .. SftReference(spec)]) { Checkpoints = spec.Sft.Checkpoints },
            .. spec.Sft.Checkpoints.Select(step => Evaluation(spec, $"sft-{Text(step)}", $"SFT step {Text(step)}", 800, new CheckpointSource(Sft, step), new ReportPlace(ReportRoles.Sft, step))),
            .. recoveries.Select(recovery => recovery.Run),
            .. recoveries.Select(recovery => Evaluation(spec, recovery.Run.Name.Replace('/', '-'), recovery.Run.Title, 500, new CheckpointSource(recovery.Run.Name), recovery.Place)),
            .. spec.Spectra.Pairs.Select(pair => Spectra(spec, pair)),
            .. spec.Interventions.Run.Edits.Count > 0 ? [Interventions(spec)] : Array.Empty<PlannedRun>(),
            new PlannedRun(Report, JobKinds.Report, "Report", 400, null, []),
        ];
    }

    /// <summary>True where a run has made every checkpoint that the spec asks of it.</summary>
    public static bool HasCheckpoints(ExperimentSpec spec, RunState run)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(run);
        return run.Name != Sft || spec.Sft.Checkpoints.All(step => run.Checkpoints.Any(checkpoint => checkpoint.Step == step));
    }

    /// <summary>The source of a checkpoint that a pair names.</summary>
    public static CheckpointSource Source(ExperimentSpec spec, string name)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (CheckpointSelector.RecoveryStart(spec, name) is { } start)
        {
            return new CheckpointSource($"{ReportRoles.Recovery}/{start}");
        }

        return name == CheckpointSelector.Base ? BaseOf(spec) : Start(spec, name);
    }

    /// <summary>The source of the checkpoint that somebody names, a control's too (<c>shuffled-reward-300</c>); null where the spec calls for none of that name.</summary>
    public static CheckpointSource? Find(ExperimentSpec spec, string name)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(name);
        var spelled = CheckpointSelector.RecoveryStart(spec, name) is { } start ? $"{ReportRoles.Recovery}-{start}" : name;
        return Recoveries(spec).Select(recovery => recovery.Run.Name).FirstOrDefault(run => run.Replace('/', '-') == spelled) is { } run ? new CheckpointSource(run)
            : name == CheckpointSelector.Base ? BaseOf(spec)
            : name == CheckpointSelector.Best || CheckpointSelector.SftStep(spec, name) is not null ? Start(spec, name)
            : null;
    }

    /// <summary>What SFT starts from: the base that the experiment trains, or the checkpoint that it was forked from.</summary>
    private static CheckpointSource BaseOf(ExperimentSpec spec) => new(Base) { Sha256 = spec.Origin?.Sha256 };

    private static IEnumerable<(PlannedRun Run, ReportPlace Place)> Recoveries(ExperimentSpec spec)
    {
        var starts = CheckpointSelector.Starts(spec, spec.Recovery.From);
        var main = starts.Select((start, i) => Recovery(spec, ReportRoles.Recovery, start, spec.Recovery.Run, 700 - i));
        var controls = spec.Recovery.Controls.Select(control => Recovery(
            spec,
            control.Role,
            CheckpointSelector.Starts(spec, [control.From])[0],
            (control.Role == ReportRoles.ShuffledReward ? spec.Recovery.Run with { RewardSource = RewardSource.Shuffled } : spec.Recovery.Run with { Rules = RecoveryRules.Both })
                with { Updates = control.Updates ?? spec.Recovery.Run.Updates },
            control.Role == ReportRoles.BothRules ? 720 : 690 - starts.Count));
        return main.Concat(controls);
    }

    private static (PlannedRun Run, ReportPlace Place) Recovery(ExperimentSpec spec, string role, string start, RecoverySpec run, int priority)
    {
        var source = Start(spec, start);
        var from = source.Step is { } step ? $"step {Text(step)}" : "the best checkpoint";
        var title = role switch
        {
            ReportRoles.ShuffledReward => $"RL with shuffled rewards from {from}",
            ReportRoles.BothRules => $"RL on both rules from {from}",
            _ => $"RL from {from}",
        };
        return (new PlannedRun($"{role}/{start}", JobKinds.Recovery, title, priority, () => JobJson.Write(run), [new PlannedInput("start", source), new PlannedInput("base", BaseOf(spec))]), new ReportPlace(role, source.Step));
    }

    private static PlannedRun Evaluation(ExperimentSpec spec, string name, string of, int priority, CheckpointSource source, ReportPlace place) =>
        new($"evaluation/{name}", JobKinds.Evaluation, $"Evaluation of {of}", priority, () => JobJson.Write(spec.Evaluation), [new PlannedInput("checkpoint", source)]) { Place = place };

    private static PlannedRun Spectra(ExperimentSpec spec, CheckpointPair pair)
    {
        var named = new CheckpointPair(CheckpointSelector.Normal(spec, pair.From), CheckpointSelector.Normal(spec, pair.To));
        return new PlannedRun(
            $"spectra/{named.From}-to-{named.To}", JobKinds.Spectra, $"Spectra, {named.From} to {named.To}", 600, () => JobJson.Write(spec.Spectra.Run),
            [new PlannedInput("from", Source(spec, pair.From)), new PlannedInput("to", Source(spec, pair.To))]) { Pair = named };
    }

    private static PlannedRun Interventions(ExperimentSpec spec)
    {
        var named = new CheckpointPair(CheckpointSelector.Normal(spec, spec.Interventions.Source), CheckpointSelector.Normal(spec, spec.Interventions.Target));
        return new PlannedRun(
            $"intervention/{named.From}-to-{named.To}", JobKinds.Intervention, $"Interventions, {named.To} towards {named.From}", 750, () => JobJson.Write(spec.Interventions.Run),
            [new PlannedInput("source", Source(spec, spec.Interventions.Source)), new PlannedInput("target", Source(spec, spec.Interventions.Target))]) { Pair = named };
    }

    /// <summary>What the SFT objective compares with, unless that is the start, which is an input anyway.</summary>
    private static IEnumerable<PlannedInput> SftReference(ExperimentSpec spec) => SftInputs.Reference(spec.Sft.Objective) switch
    {
        null or ObjectiveReferences.Start => [],
        ObjectiveReferences.Base => [new PlannedInput(SftInputs.ReferenceName, BaseOf(spec))],
        var sha256 => [new PlannedInput(SftInputs.ReferenceName, new CheckpointSource(string.Empty) { Sha256 = sha256 })],
    };

    private static CheckpointSource Start(ExperimentSpec spec, string name) =>
        name == CheckpointSelector.Best ? new CheckpointSource(Sft, Best: true) : new CheckpointSource(Sft, CheckpointSelector.SftStep(spec, name) ?? throw new ArgumentException($"'{name}' is no checkpoint.", nameof(name)));

    private static string Text(int step) => step.ToString(CultureInfo.InvariantCulture);
}
