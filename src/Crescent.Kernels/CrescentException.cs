namespace Crescent;

/// <summary>The one exception type at Crescent's edges: a stable code that clients may switch on, and whether the same call may succeed later.</summary>
public sealed class CrescentException(string code, string message, bool retryable = false, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Stable, lower-case, hyphenated: <c>spec-invalid</c>, <c>artifact-damaged</c>, <c>lease-lost</c>, ...</summary>
    public string Code { get; } = code;

    /// <summary>True when the same call may succeed later without a change.</summary>
    public bool Retryable { get; } = retryable;

    /// <summary>What was wrong, field by field; empty when the error concerns no field.</summary>
    public IReadOnlyList<SpecProblem> Problems { get; init; } = [];
}

/// <summary>One thing wrong with a spec: the field's path (<c>sft.checkpoints[3]</c>), what is wrong with it, and the cure.</summary>
public sealed record SpecProblem(string Field, string Message);
