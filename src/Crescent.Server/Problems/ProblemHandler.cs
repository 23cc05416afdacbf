using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;

namespace Crescent.Server.Problems;

/// <summary>Turns exceptions into RFC 9457 problem details with a stable <c>code</c>, <c>retryable</c>, and <c>problems</c> where fields are at fault.</summary>
internal sealed partial class ProblemHandler(IProblemDetailsService service, ILogger<ProblemHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && httpContext.RequestAborted.IsCancellationRequested)
        {
            // The client has gone; nobody reads an answer.
            return true;
        }

        var problem = Describe(exception);
        if (problem.Status >= StatusCodes.Status500InternalServerError)
        {
            LogFailed(exception, httpContext.Request.Method, httpContext.Request.Path);
        }

        httpContext.Response.StatusCode = problem.Status!.Value;
        if (problem.Status == StatusCodes.Status413PayloadTooLarge)
        {
            // The rest of the body is not read, so the connection ends here: without the header a client would send its next request into it.
            httpContext.Response.Headers.Connection = "close";
        }

        return await service.TryWriteAsync(new ProblemDetailsContext { HttpContext = httpContext, ProblemDetails = problem, Exception = exception });
    }

    private static ProblemDetails Describe(Exception exception) => exception switch
    {
        CrescentException known => Problem(known.Code, known.Message, known.Retryable, known.Problems),
        BadHttpRequestException bad => Problem(ProblemCodes.ForStatus(bad.StatusCode), bad.Message, retryable: false, []),
        TimeoutException => Problem("storage-unavailable", "The server did not answer in time. Try again.", retryable: true, []),
        _ => Problem("internal-error", "The server failed; its log has the cause.", retryable: true, []),
    };

    private static ProblemDetails Problem(string code, string detail, bool retryable, IReadOnlyList<SpecProblem> problems)
    {
        var problem = new ProblemDetails { Status = ProblemCodes.Status(code, retryable), Title = code, Detail = detail, Type = $"urn:crescent:problem:{code}" };
        problem.Extensions["code"] = code;
        problem.Extensions["retryable"] = retryable;
        if (problems.Count > 0)
        {
            problem.Extensions["problems"] = problems;
        }

        return problem;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private partial void LogFailed(Exception error, string method, string path);
}
