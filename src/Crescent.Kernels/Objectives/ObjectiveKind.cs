using Crescent.Kernels.Sft;

namespace Crescent.Kernels.Objectives;

/// <summary>The values of <see cref="ObjectiveSpec.Reference"/> that are words.</summary>
public static class ObjectiveReferences
{
    public const string Default = "default";
    public const string Start = "start";
    public const string Base = "base";

    /// <summary>The policy itself some steps ago; no value of a spec.</summary>
    public const string OldPolicy = "old-policy";

    /// <summary>A separately trained model, which a spec has to name by its hash.</summary>
    public const string Separate = "separate";

    /// <summary>SHA-256 in lower-case hex.</summary>
    public static bool IsHash(string reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        return reference.Length == 64 && reference.All(c => char.IsAsciiDigit(c) || c is >= 'a' and <= 'f');
    }
}

/// <summary>One objective: what it may be told, what it compares with, and how it is made.</summary>
/// <param name="Options">Names of the options that it has, camelCase.</param>
/// <param name="Reference">What it compares with by itself: see <see cref="ObjectiveReferences"/>; null: nothing.</param>
/// <param name="Make">From the spec and the size of the vocabulary.</param>
public sealed record ObjectiveKind(string Name, IReadOnlyList<string> Options, string? Reference, Func<ObjectiveSpec, int, IObjective> Make);
