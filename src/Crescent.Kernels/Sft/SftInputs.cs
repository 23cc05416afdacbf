using Crescent.Kernels.Objectives;

namespace Crescent.Kernels.Sft;

/// <summary>Which checkpoint an SFT run needs beside its start.</summary>
public static class SftInputs
{
    /// <summary>Name of the input that holds it.</summary>
    public const string ReferenceName = "reference";

    /// <summary><c>start</c>, <c>base</c> or a SHA-256; null where the objective compares with nothing, or with the policy itself.</summary>
    public static string? Reference(ObjectiveSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var own = ObjectiveCatalogue.Find(spec.Name)?.Reference;
        return own is null or ObjectiveReferences.OldPolicy ? null : spec.Reference == ObjectiveReferences.Default ? own : spec.Reference;
    }
}
