using Crescent.Abstractions.Experiments;

namespace Crescent.Grains.Tests.Experiments;

/// <summary>Small experiments with every kind of run.</summary>
internal static class Specs
{
    /// <summary>SFT checkpoints 0, 4, 8, 16; RL from 8, 16 and the best; both controls; two spectra; interventions.</summary>
    public static ExperimentSpec Small { get; } = ExperimentSpecReader.Read("""
        {
          "version": 1, "name": "small", "question": "Does it hold together?", "preset": "tiny",
          "recovery": { "from": [8, 16, "best"], "controls": [{ "from": 8, "role": "shuffled-reward" }, { "from": "end", "role": "both-rules", "updates": 2 }] },
          "spectra": { "pairs": [{ "from": "base", "to": "best" }, { "from": "end", "to": "recovery-16" }] },
          "claims": { "step": 8 }
        }
        """);
}
