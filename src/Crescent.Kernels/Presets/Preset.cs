using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Models;
using Crescent.Kernels.Recovery;
using Crescent.Kernels.Sft;
using Crescent.Kernels.Tasks;
using Crescent.Kernels.Tasks.GeneralPoints;

namespace Crescent.Kernels.Presets;

/// <summary>A named, complete set of settings for one experiment, from base training to evaluation.</summary>
public abstract class Preset
{
    public static IReadOnlyList<Preset> All { get; } = [new NanoPreset(), new TinyPreset(), new VirlNanoPreset()];

    public abstract string Name { get; }

    public abstract DecoderSpec Model { get; }

    public virtual TaskSpec Task { get; } = new GeneralPointsSpec();

    /// <summary>SFT steps that recovery runs start from.</summary>
    public abstract IReadOnlyList<int> RecoverFrom { get; }

    /// <summary>The SFT step at which the primary claims are read; fixed before any run.</summary>
    public abstract int ClaimStep { get; }

    public abstract BaseTrainingSpec BaseTraining(ulong seed);

    public abstract SftSpec Sft(ulong seed);

    /// <summary>The main recovery run.</summary>
    public abstract RecoverySpec Recovery(ulong seed);

    /// <summary>The positive control: both rules in the deals.</summary>
    public virtual RecoverySpec BothRules(ulong seed) => Recovery(seed) with { Rules = RecoveryRules.Both };

    /// <summary>The negative control: the main run with shuffled rewards.</summary>
    public RecoverySpec ShuffledReward(ulong seed) => Recovery(seed) with { RewardSource = RewardSource.Shuffled };

    public virtual EvaluationSpec Evaluation(ulong seed) => new() { Seed = seed, Model = Model, Task = Task };

    /// <exception cref="CrescentException"><c>spec-invalid</c>: there is no preset of that name.</exception>
    public static Preset ByName(string name) => All.FirstOrDefault(preset => preset.Name == name)
        ?? throw new CrescentException("spec-invalid", $"preset: '{name}' is unknown; use one of {string.Join(", ", All.Select(preset => preset.Name))}.");

    private protected static DecoderSpec Decoder(TaskFormat format, int tries, int hidden, int layers, int heads, int feedForward) => new()
    {
        VocabularySize = format.VocabularySize,
        HiddenSize = hidden,
        Layers = layers,
        Heads = heads,
        KeyValueHeads = heads,
        FeedForwardSize = feedForward,
        MaxPositions = format.Dialogue(tries),
    };
}
