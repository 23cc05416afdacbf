using System.Diagnostics;
using Crescent.Kernels.Engines;
using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Jobs;
using Crescent.Kernels.Presets;
using Crescent.Kernels.Recovery;
using Crescent.Kernels.Sft;

namespace Crescent.Benchmarks.Studies;

/// <summary>
/// Runs a preset's training stages one after another on the bare kernels and prints accuracy, wall time and processor time of each. Stages whose files exist are not run again:
/// <c>base</c>, <c>sft</c>, <c>evaluate</c> (every SFT checkpoint), <c>recover-N</c>, <c>shuffled-N</c>, <c>both-N</c> (each evaluated).
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
            default:
                throw new ArgumentException($"Unknown stage '{stage}'.");
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
        var job = new FolderJob(partial, JobJson.Write(spec), threads, inputs);
        using var process = Process.GetCurrentProcess();
        var (clock, before) = (Stopwatch.StartNew(), process.TotalProcessorTime);
        kernel.Run(job);
        process.Refresh();
        Console.WriteLine($"{name}: {clock.Elapsed.TotalSeconds:0.0} s wall, {(process.TotalProcessorTime - before).TotalSeconds:0.0} s processor, {process.PeakWorkingSet64 >> 20} MiB peak; {job.Summary}");
        Directory.Move(partial, target);
        return job;
    }
}
