using Crescent.Kernels.Claims;
using Crescent.Kernels.Reports;

namespace Crescent.Abstractions.Experiments;

/// <summary>Rules between stages: a checkpoint that one stage names must be made by another.</summary>
internal static class StageRules
{
    private static readonly string[] ControlRoles = [ReportRoles.ShuffledReward, ReportRoles.BothRules];

    public static void Check(ExperimentSpec spec, SpecProblemList problems)
    {
        CheckCheckpoints(spec, problems);
        CheckRecoveries(spec, problems);
        CheckControls(spec, problems);
        CheckClaims(spec, problems);
    }

    private static void CheckCheckpoints(ExperimentSpec spec, SpecProblemList problems)
    {
        var checkpoints = spec.Sft.Checkpoints;
        problems.Require(checkpoints.Count == 0 || checkpoints[^1] == spec.Sft.Steps, "sft.checkpoints", $"Does not hold the last step, {spec.Sft.Steps}, which 'end' stands for. Add it.");
        var users = new List<string>();
        users.AddRange(spec.Recovery.From.Where(CheckpointSelector.Best.Equals).Select((_, _) => "recovery.from"));
        users.AddRange(spec.Recovery.Controls.Where(control => control.From == CheckpointSelector.Best).Select(_ => "recovery.controls"));
        users.AddRange(spec.Spectra.Pairs.Where(pair => pair.From == CheckpointSelector.Best || pair.To == CheckpointSelector.Best).Select(_ => "spectra.pairs"));
        users.AddRange(spec.Interventions.Run.Edits.Count > 0 && (spec.Interventions.Source == CheckpointSelector.Best || spec.Interventions.Target == CheckpointSelector.Best) ? ["interventions"] : []);
        if (users.Count > 0)
        {
            problems.Require(checkpoints.Count >= 2, "sft.checkpoints", $"'best' in {string.Join(", ", users.Distinct())} chooses among checkpoints; name at least two.");
        }
    }

    private static void CheckRecoveries(ExperimentSpec spec, SpecProblemList problems)
    {
        for (var i = 0; i < spec.Recovery.From.Count; i++)
        {
            var name = spec.Recovery.From[i];
            problems.Require(CheckpointSelector.Starts(spec, [name]).Count > 0, $"recovery.from[{i}]", NoSftCheckpoint(spec, name, "every-100, base (step 0), best, end"));
        }

        var starts = CheckpointSelector.Starts(spec, spec.Recovery.From).Count + spec.Recovery.Controls.Count;
        problems.Require(starts <= ExperimentRules.MaxRecoveries, "recovery.from", $"Gives {starts} recovery runs with the controls; use at most {ExperimentRules.MaxRecoveries}.");
    }

    private static void CheckControls(ExperimentSpec spec, SpecProblemList problems)
    {
        for (var i = 0; i < spec.Recovery.Controls.Count; i++)
        {
            var (from, role, updates) = spec.Recovery.Controls[i];
            var at = $"recovery.controls[{i}]";
            problems.Require(ControlRoles.Contains(role), $"{at}.role", $"There is no control '{role}'. {NearestName.Cure(role, ControlRoles)}");
            problems.Require(!from.StartsWith("every-", StringComparison.Ordinal) && CheckpointSelector.Starts(spec, [from]).Count > 0, $"{at}.from", NoSftCheckpoint(spec, from, "best, end"));
            problems.Require(updates is null or (>= 1 and <= ExperimentRules.MaxSteps), $"{at}.updates", $"Is {updates}; use 1 to {ExperimentRules.MaxSteps}, or leave it out for as many as the runs that it is compared with.");
            problems.Require(
                !spec.Recovery.Controls.Take(i).Any(other => other.Role == role && CheckpointSelector.Starts(spec, [other.From]).SequenceEqual(CheckpointSelector.Starts(spec, [from]))),
                at,
                $"Repeats an earlier {role} control from '{from}'. Drop one.");
        }
    }

    private static void CheckClaims(ExperimentSpec spec, SpecProblemList problems)
    {
        var starts = CheckpointSelector.Starts(spec, spec.Recovery.From);
        problems.Require(
            starts.Count == 0 || starts.Any(start => CheckpointSelector.SftStep(spec, start) == spec.Claims.Step),
            "claims.step",
            $"No recovery run starts at step {spec.Claims.Step}. Use a step of recovery.from ({string.Join(", ", starts)}), or add it there.");
        problems.Add(ClaimCriteria.Validate(spec.Claims.Criteria, "claims.criteria"));
        problems.Require(spec.Sft.Checkpoints.Contains(spec.Claims.Step), "claims.step", $"Step {spec.Claims.Step} is no checkpoint. {Checkpoints(spec)}");
    }

    private static string NoSftCheckpoint(ExperimentSpec spec, string name, string others) => $"'{name}' stands for no checkpoint of the SFT run. {Checkpoints(spec)} Also allowed: {others}.";

    private static string Checkpoints(ExperimentSpec spec) => $"sft.checkpoints has {string.Join(", ", spec.Sft.Checkpoints)}; add the step there or choose one of these.";
}
