using System.Globalization;

namespace Crescent.Chaos;

public static class ChaosSpec
{
    /// <summary>Every kind of run, in seconds.</summary>
    public const string Tiny = """
        version: 1
        name: chaos
        question: Does a killed experiment come out the same?
        preset: tiny
        """;

    /// <summary>Every kind of run once or a few times, as short as it gets; another seed is other work, which no cache knows. With other checkpoints of SFT, it is the same training for another subscriber.</summary>
    public static string Brief(int seed, string checkpoints = "[0, 4, 8]") => string.Create(CultureInfo.InvariantCulture, $$"""
        {{Tiny}}
        seed: {{seed}}
        sft: { steps: 8, checkpoints: {{checkpoints}} }
        recovery: { from: [8], controls: [], run: { updates: 3 } }
        evaluation: { tries: 1 }
        spectra: { pairs: [{ from: base, to: end }] }
        interventions: { run: { edits: [{ kind: restore-values, rankShare: 1 }] } }
        """);
}
