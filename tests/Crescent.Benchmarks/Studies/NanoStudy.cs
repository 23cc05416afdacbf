using System.Diagnostics;
using System.Text.Json;
using Crescent.Kernels.Engines;
using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Interventions;
using Crescent.Kernels.Jobs;
using Crescent.Kernels.Presets;
using Crescent.Kernels.Recovery;
using Crescent.Kernels.Reports;
using Crescent.Kernels.Sft;
using Crescent.Kernels.Spectra;

namespace Crescent.Benchmarks.Studies;

/// <summary>
/// Runs a preset's training stages one after another on the bare kernels and prints accuracy, wall time and processor time of each. Stages whose files exist are not run again:
/// <c>base</c>, <c>sft</c>, <c>evaluate</c> (every SFT checkpoint), <c>recover-N</c>, <c>shuffled-N</c>, <c>both-N</c> (each evaluated), <c>spectra</c>, <c>interventions</c>, <c>report</c>.
/// </summary>
internal sealed class NanoStudy(IEngineFactory engines, Preset preset, string folder, ulong seed, int threads)
{
    private string BaseCheckpoint => Path.Combine(folder, "base", $"checkpoint-{preset.BaseTraining(seed).Steps}.safetensors");

    public void Run(IEnumerable<string> stages)
    {
        foreach (var stage in stages)
        {
            Run(stage);
        }
    }

    private void Run(string stage)
    {
        var (name, step) = stage.Split('-') is [var head, var tail] ? (head, int.Parse(tail)) : (stage, 0);
        switch (name)
        {
            case "base":
                Run(stage, new BaseTrainingKernel(engines), preset.BaseTraining(seed), []);
                Evaluate("base", BaseCheckpoint);
                break;
            case "sft":
                Run(stage, new SftKernel(engines), preset.Sft(seed), new() { ["base"] = BaseCheckpoint });
                break;
            case "evaluate":
                foreach (var checkpoint in preset.Sft(seed).Checkpoints)
                {
                    Evaluate($"sft {checkpoint}", SftCheckpoint(checkpoint));
                }

                break;
            case "recover":
                Recover(stage, preset.Recovery(seed), step);
                break;
            case "shuffled":
                Recover(stage, preset.ShuffledReward(seed), step);
                break;
            case "both":
                Recover(stage, preset.BothRules(seed), step);
                break;
            case "spectra":
                foreach (var (from, to, input) in SpectralPairs())
                {
                    Run(input, new SpectraKernel(), new SpectraSpec { Seed = seed, Model = preset.Model }, new() { ["from"] = Checkpoint(from), ["to"] = Checkpoint(to) });
                }

                break;
            case "interventions":
                Run(stage, new InterventionKernel(engines), Interventions(), new() { ["source"] = Checkpoint("best"), ["target"] = Checkpoint("end") });
                break;
            case "report":
                Report();
                break;
            default:
                throw new ArgumentException($"Unknown stage '{stage}'.");
        }
    }

    /// <summary>The checkpoint with the best out-of-distribution accuracy on the choosing deals.</summary>
    private int BestStep() => preset.Sft(seed).Checkpoints.Where(step => step > 0).MaxBy(step => Evaluator.Summarise(Record($"evaluate-sft-{step}")).ChoosingOutOfDistribution.FirstTry);

    private EvaluationRecord Record(string name) => JobJson.Read<EvaluationRecord>(File.ReadAllText(Path.Combine(folder, name, EvaluationKernel.Artifact)));

    private string Checkpoint(string name) => name switch
    {
        "base" => BaseCheckpoint,
        "best" => SftCheckpoint(BestStep()),
        "end" => SftCheckpoint(preset.Sft(seed).Steps),
        _ => Path.Combine(folder, name, $"checkpoint-{preset.Recovery(seed).Updates}.safetensors"),
    };

    private static IEnumerable<ReportPair> SpectralPairs() =>
        from pair in new[] { ("best", "end"), ("base", "best"), ("end", "recover-800") } select new ReportPair(pair.Item1, pair.Item2, $"spectra-{pair.Item1}-{pair.Item2}");

    private InterventionSpec Interventions() => new()
    {
        Seed = seed,
        Model = preset.Model,
        Evaluation = preset.Evaluation(seed) with { Tries = preset.Recovery(seed).Tries },
        Edits = [new(InterventionKind.RestoreValues, 1), .. from share in new[] { 0.1, 0.2, 0.4 } select new InterventionEdit(InterventionKind.RestoreDirections, share)],
    };

    private void Report()
    {
        var points = preset.Sft(seed).Checkpoints.Select(step => new ReportPoint("sft", step, $"evaluate-sft-{step}"))
            .Concat(from role in new[] { ("recovery", "recover"), ("shuffled-reward", "shuffled"), ("both-rules", "both") }
                    from step in preset.RecoverFrom
                    select new ReportPoint(role.Item1, step, $"evaluate-{role.Item2}-{step}"))
            .Where(point => Directory.Exists(Path.Combine(folder, point.Input)))
            .ToList();
        var spectra = SpectralPairs().Where(pair => Directory.Exists(Path.Combine(folder, pair.Input))).ToList();
        List<ReportPair> interventions = Directory.Exists(Path.Combine(folder, "interventions")) ? [new("best", "end", "interventions")] : [];
        var spec = new ReportSpec
        {
            Experiment = "bench",
            Question = "What do the bare kernels give?",
            Seed = seed,
            SpecHash = "none",
            ClaimStep = preset.ClaimStep,
            BestStep = BestStep(),
            EndStep = preset.Sft(seed).Steps,
            Evaluation = preset.Evaluation(seed),
            Points = points,
            Spectra = spectra,
            Interventions = interventions,
        };
        var inputs = points.ToDictionary(point => point.Input, point => Path.Combine(folder, point.Input, EvaluationKernel.Artifact));
        foreach (var pair in spectra.Concat(interventions))
        {
            inputs.Add(pair.Input, Directory.GetFiles(Path.Combine(folder, pair.Input), "*.json").Single());
        }

        var target = Path.Combine(folder, "report");
        if (Directory.Exists(target))
        {
            Directory.Delete(target, recursive: true);
        }

        Run("report", new ReportKernel(engines), spec, inputs);
        var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(target, "result.json")));
        foreach (var claim in document.RootElement.GetProperty("claims").EnumerateArray())
        {
            Console.WriteLine($"{claim.GetProperty("claim")}: {claim.GetProperty("verdict")} {claim.GetProperty("estimate")} [{claim.GetProperty("low")}, {claim.GetProperty("high")}]");
        }
    }

    private string SftCheckpoint(int step) => Path.Combine(folder, "sft", $"checkpoint-{step}.safetensors");

    private void Recover(string stage, RecoverySpec spec, int from)
    {
        Run(stage, new RecoveryKernel(engines), spec, new() { ["start"] = SftCheckpoint(from) });
        Evaluate(stage, Path.Combine(folder, stage, $"checkpoint-{spec.Updates}.safetensors"));
    }

    private void Evaluate(string name, string checkpoint)
    {
        var job = Run($"evaluate-{name.Replace(' ', '-')}", new EvaluationKernel(engines), preset.Evaluation(seed), new() { ["checkpoint"] = checkpoint });
        if (job?.Completed is { } payload)
        {
            var s = JobJson.Read<EvaluationSummary>(payload);
            Console.WriteLine(
                $"{name,-14} ID {s.ReportingInDistribution.FirstTry:0.000} ({s.ReportingInDistribution.WithinTries:0.000}) OOD {s.ReportingOutOfDistribution.FirstTry:0.000} ({s.ReportingOutOfDistribution.WithinTries:0.000})"
                + $" | choosing ID {s.ChoosingInDistribution.FirstTry:0.000} OOD {s.ChoosingOutOfDistribution.FirstTry:0.000} ({s.ChoosingOutOfDistribution.WithinTries:0.000})");
        }
    }

    private FolderJob? Run<T>(string name, IKernel kernel, T spec, Dictionary<string, string> inputs)
    {
        var target = Path.Combine(folder, name);
        if (Directory.Exists(target))
        {
            return null;
        }

        var partial = target + ".partial";
        var job = new FolderJob(partial, JobJson.Write(spec), threads, inputs) { Schedule = spec is SftSpec sft ? new CheckpointSchedule(sft.Checkpoints, sft.Checkpoints, Completed: false) : CheckpointSchedule.None };
        using var process = Process.GetCurrentProcess();
        var (clock, before) = (Stopwatch.StartNew(), process.TotalProcessorTime);
        kernel.Run(job);
        process.Refresh();
        Console.WriteLine($"{name}: {clock.Elapsed.TotalSeconds:0.0} s wall, {(process.TotalProcessorTime - before).TotalSeconds:0.0} s processor, {process.PeakWorkingSet64 >> 20} MiB peak; {job.Summary}");
        Directory.Move(partial, target);
        return job;
    }
}
