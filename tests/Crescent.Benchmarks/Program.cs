using Crescent.Benchmarks;
using Crescent.Benchmarks.Engines;
using Crescent.Benchmarks.Jobs;
using Crescent.Benchmarks.Orchestration;
using Crescent.Benchmarks.Spectra;
using Crescent.Benchmarks.Studies;
using Crescent.Kernels.Engines.Cpu;
using Crescent.Kernels.Presets;

// bench NAME: progress to standard error, one JSON line to standard output.
Dictionary<string, Func<BenchmarkReport>> benchmarks = new()
{
    ["train"] = EngineBenchmark.Train,
    ["generate"] = EngineBenchmark.Generate,
    ["spectra"] = SpectraBenchmark.Run,
    ["orchestrate"] = OrchestrationBenchmark.Run,
};
if (args is ["bench", var name] && benchmarks.TryGetValue(name, out var benchmark))
{
    Console.WriteLine(benchmark().ToJson());
    return 0;
}

// study PRESET FOLDER SEED THREADS STAGE...
if (args is ["study", var preset, var folder, var seed, var threads, .. var stages])
{
    new NanoStudy(new CpuEngineFactory(), Preset.ByName(preset), folder, ulong.Parse(seed), int.Parse(threads)).Run(stages);
    return 0;
}

// queue FOLDER JOBS LANES
if (args is ["queue", var queueFolder, var jobs, var lanes])
{
    await new QueueBenchmark(queueFolder, int.Parse(jobs), int.Parse(lanes)).RunAsync();
    return 0;
}

// orchestrate PART sqlite|postgres COUNT: one figure of bench orchestrate, at a size of one's own.
if (args is ["orchestrate", var part, var store, var count])
{
    await OrchestrationParts.RunAsync(part, store, int.Parse(count));
    return 0;
}

Console.Error.WriteLine($"Usage: bench {string.Join('|', benchmarks.Keys)}");
Console.Error.WriteLine("       study PRESET FOLDER SEED THREADS STAGE...   (stages: base sft evaluate recover-N shuffled-N both-N)");
Console.Error.WriteLine("       queue FOLDER JOBS LANES");
Console.Error.WriteLine($"       orchestrate {string.Join('|', OrchestrationParts.Names)} sqlite|postgres COUNT");
return 2;
