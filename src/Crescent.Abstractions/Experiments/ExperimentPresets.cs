using System.Globalization;
using System.Text.Json.Nodes;
using Crescent.Kernels.Claims;
using Crescent.Kernels.Interventions;
using Crescent.Kernels.Presets;
using Crescent.Kernels.Reports;
using Crescent.Kernels.Spectra;

namespace Crescent.Abstractions.Experiments;

/// <summary>Named values for everything that a document leaves out, except what an experiment is called and asks.</summary>
public static class ExperimentPresets
{
    /// <summary><c>nano</c>: the whole study in minutes. <c>tiny</c>: the same pipeline in seconds, for trying things out; it learns nothing.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Preset.All.Select(preset => preset.Name)];

    /// <summary>A preset as a document without version, name and question, or null.</summary>
    internal static JsonObject? Find(string name)
    {
        if (Preset.All.FirstOrDefault(preset => preset.Name == name) is not { } preset)
        {
            return null;
        }

        var document = SpecDocument.Of(Spec(preset));
        foreach (var own in (ReadOnlySpan<string>)["version", "name", "question"])
        {
            document.Remove(own);
        }

        // Follows the experiment's evaluation, with as many tries as its episodes take in training.
        document["interventions"]!["run"]!["evaluation"] = new JsonObject { ["tries"] = preset.Recovery(seed: 0).Tries };
        return document;
    }

    private static ExperimentSpec Spec(Preset preset)
    {
        const ulong Seed = 0;
        var claim = preset.ClaimStep.ToString(CultureInfo.InvariantCulture);
        var controls = new[] { new RecoveryControl(claim, ReportRoles.ShuffledReward), new RecoveryControl("end", ReportRoles.BothRules, preset.BothRules(Seed).Updates) };
        var small = preset.Name == "tiny";
        return new ExperimentSpec
        {
            Version = 1,
            Name = preset.Name,
            Question = string.Empty,
            Seed = Seed,
            Task = preset.Task,
            Model = preset.Model,
            Base = preset.BaseTraining(Seed),
            Sft = preset.Sft(Seed),
            Recovery = new RecoveryStage([.. preset.RecoverFrom.Select(step => step.ToString(CultureInfo.InvariantCulture))], preset.Recovery(Seed), controls),
            Evaluation = preset.Evaluation(Seed),
            Spectra = new SpectraStage(
                [new CheckpointPair("base", "best"), new CheckpointPair("best", "end"), new CheckpointPair("end", $"recovery-{preset.Sft(Seed).Steps}")],
                new SpectraSpec { Seed = Seed, Model = preset.Model, NullDraws = small ? 2 : 20 }),
            Interventions = new InterventionStage("best", "end", new InterventionSpec
            {
                Seed = Seed,
                Model = preset.Model,
                Edits = [new InterventionEdit(InterventionKind.RestoreValues, 1), new InterventionEdit(InterventionKind.RestoreDirections, 0.20)],
                RandomDraws = small ? 1 : InterventionClaim.FewestDraws,
                Evaluation = preset.Evaluation(Seed),
            }),
            Claims = new ClaimsStage(preset.ClaimStep),
        };
    }
}
