namespace Crescent.Server.Problems;

/// <summary>The one place where error codes get their HTTP status.</summary>
internal static class ProblemCodes
{
    private static readonly Dictionary<string, int> Statuses = new(StringComparer.Ordinal)
    {
        ["study-invalid"] = StatusCodes.Status400BadRequest,
        ["spec-invalid"] = StatusCodes.Status400BadRequest,
        ["json-invalid"] = StatusCodes.Status400BadRequest,
        ["yaml-invalid"] = StatusCodes.Status400BadRequest,
        ["request-invalid"] = StatusCodes.Status400BadRequest,
        ["cursor-invalid"] = StatusCodes.Status400BadRequest,
        ["not-found"] = StatusCodes.Status404NotFound,
        ["experiment-not-found"] = StatusCodes.Status404NotFound,
        ["study-not-found"] = StatusCodes.Status404NotFound,
        ["request-not-found"] = StatusCodes.Status404NotFound,
        ["checkpoint-not-found"] = StatusCodes.Status404NotFound,
        ["run-not-found"] = StatusCodes.Status404NotFound,
        ["figure-not-found"] = StatusCodes.Status404NotFound,
        ["artifact-not-found"] = StatusCodes.Status404NotFound,
        ["report-not-found"] = StatusCodes.Status404NotFound,
        ["format-not-acceptable"] = StatusCodes.Status406NotAcceptable,
        ["idempotency-conflict"] = StatusCodes.Status409Conflict,
        ["phase-conflict"] = StatusCodes.Status409Conflict,
        ["artifact-missing"] = StatusCodes.Status410Gone,
        ["body-too-large"] = StatusCodes.Status413PayloadTooLarge,
        ["media-type-unsupported"] = StatusCodes.Status415UnsupportedMediaType,
        ["artifact-damaged"] = StatusCodes.Status500InternalServerError,
        ["internal-error"] = StatusCodes.Status500InternalServerError,
        ["storage-unavailable"] = StatusCodes.Status503ServiceUnavailable,
        ["storage-full"] = StatusCodes.Status507InsufficientStorage,
    };

    /// <summary>Codes without an entry: 503 where a later try may succeed, otherwise 422.</summary>
    public static int Status(string code, bool retryable) =>
        Statuses.TryGetValue(code, out var status) ? status : retryable ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status422UnprocessableEntity;

    public static string ForStatus(int status) => status switch
    {
        StatusCodes.Status404NotFound => "not-found",
        StatusCodes.Status405MethodNotAllowed => "method-not-allowed",
        StatusCodes.Status413PayloadTooLarge => "body-too-large",
        StatusCodes.Status415UnsupportedMediaType => "media-type-unsupported",
        >= 500 => "internal-error",
        _ => "request-invalid",
    };
}
