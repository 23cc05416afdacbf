using System.Globalization;

namespace Crescent.Abstractions.Experiments;

/// <summary>Reads the names that a spec gives to checkpoints of the SFT run: <c>300</c>, <c>sft-300</c>, <c>every-100</c>, <c>best</c>, <c>end</c>, as a start <c>base</c> for step 0; and of other runs: <c>base</c>, <c>recovery-300</c>.</summary>
public static class CheckpointSelector
{
    public const string Base = "base";
    public const string Best = "best";
    public const string End = "end";

    /// <summary>The checkpoint with the step of the SFT run, or <c>best</c>, for each name in a list of starts; in order, without repeats. Unknown names and steps give nothing.</summary>
    public static IReadOnlyList<string> Starts(ExperimentSpec spec, IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return [.. names.SelectMany(name => StartsOf(spec, name)).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The SFT step that a name stands for before anything has run; null for <c>best</c> and for what is no SFT checkpoint.</summary>
    public static int? SftStep(ExperimentSpec spec, string name)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(name);
        if (name == End)
        {
            return spec.Sft.Steps;
        }

        return TryNumber(name.StartsWith("sft-", StringComparison.Ordinal) ? name["sft-".Length..] : name) is { } step && spec.Sft.Checkpoints.Contains(step) ? step : null;
    }

    /// <summary>The start of the recovery run that <c>recovery-300</c> names, as its run is called: <c>300</c>, <c>best</c>; null for other names.</summary>
    public static string? RecoveryStart(ExperimentSpec spec, string name)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(name);
        return name.StartsWith("recovery-", StringComparison.Ordinal) ? StartsOf(spec, name["recovery-".Length..]).FirstOrDefault() : null;
    }

    /// <summary>The one spelling of a name in a pair: <c>base</c>, <c>best</c>, <c>end</c>, <c>sft-300</c>, <c>recovery-300</c>. Unknown names stay as they are.</summary>
    public static string Normal(ExperimentSpec spec, string name) =>
        RecoveryStart(spec, name) is { } start ? $"recovery-{start}"
        : SftStep(spec, name) is { } step ? step == spec.Sft.Steps ? End : $"sft-{Text(step)}"
        : name;

    private static IEnumerable<string> StartsOf(ExperimentSpec spec, string name)
    {
        if (name == Best)
        {
            return [Best];
        }

        if (name == Base)
        {
            // SFT checkpoint 0 has the base's weights, and with it the evaluation that RL without SFT is compared with.
            return spec.Sft.Checkpoints.Contains(0) ? [Text(0)] : [];
        }

        if (name.StartsWith("every-", StringComparison.Ordinal))
        {
            return TryNumber(name["every-".Length..]) is { } stride and > 0 ? spec.Sft.Checkpoints.Where(step => step > 0 && step % stride == 0).Select(Text) : [];
        }

        return SftStep(spec, name) is { } one ? [Text(one)] : [];
    }

    private static string Text(int step) => step.ToString(CultureInfo.InvariantCulture);

    private static int? TryNumber(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
