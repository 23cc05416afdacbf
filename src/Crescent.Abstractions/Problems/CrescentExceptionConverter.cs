using Orleans;

namespace Crescent.Abstractions.Problems;

/// <summary>Carries a <see cref="CrescentException"/> through grain calls with its code, so that the API answers the same whichever process threw it. Orleans would carry the message only, and across processes not even the type.</summary>
[RegisterConverter]
public sealed class CrescentExceptionConverter : IConverter<CrescentException, CrescentExceptionSurrogate>
{
    /// <summary>Code of the inner exception that stands for whatever caused the error on the other side.</summary>
    public const string CauseCode = "remote-cause";

    public CrescentException ConvertFromSurrogate(in CrescentExceptionSurrogate surrogate) =>
        new(surrogate.Code, surrogate.Message, surrogate.Retryable, surrogate.Cause is { } cause ? new CrescentException(CauseCode, cause) : null)
        {
            Problems = [.. (surrogate.Fields ?? []).Zip(surrogate.FieldMessages ?? [], (field, message) => new SpecProblem(field, message))],
        };

    public CrescentExceptionSurrogate ConvertToSurrogate(in CrescentException value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return new CrescentExceptionSurrogate
        {
            Code = value.Code,
            Message = value.Message,
            Retryable = value.Retryable,
            Fields = [.. value.Problems.Select(problem => problem.Field)],
            FieldMessages = [.. value.Problems.Select(problem => problem.Message)],
            Cause = value.InnerException?.ToString(),
        };
    }
}

/// <summary>What of a <see cref="CrescentException"/> crosses a grain call.</summary>
[GenerateSerializer, Alias("crescent.exception")]
public struct CrescentExceptionSurrogate
{
    [Id(0)]
    public string Code { get; set; }

    [Id(1)]
    public string Message { get; set; }

    [Id(2)]
    public bool Retryable { get; set; }

    [Id(3)]
    public List<string>? Fields { get; set; }

    [Id(4)]
    public List<string>? FieldMessages { get; set; }

    /// <summary>The inner exceptions, as text: their types may be unknown on the other side.</summary>
    [Id(5)]
    public string? Cause { get; set; }
}
