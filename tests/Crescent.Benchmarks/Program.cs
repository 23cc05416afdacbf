using Crescent.Benchmarks.Studies;
using Crescent.Kernels.Engines.Cpu;
using Crescent.Kernels.Presets;

// study PRESET FOLDER SEED THREADS STAGE...
if (args is ["study", var preset, var folder, var seed, var threads, .. var stages])
{
    new NanoStudy(new CpuEngineFactory(), Preset.ByName(preset), folder, ulong.Parse(seed), int.Parse(threads)).Run(stages);
    return 0;
}

Console.Error.WriteLine("Usage: study PRESET FOLDER SEED THREADS STAGE...   (stages: base sft evaluate recover-N shuffled-N both-N)");
return 2;
