namespace Crescent.Server.Problems;

internal static class ProblemSetup
{
    public static IServiceCollection AddProblems(this IServiceCollection services) => services
        .AddExceptionHandler<ProblemHandler>()
        .AddProblemDetails(options => options.CustomizeProblemDetails = context =>
        {
            // Answers without an exception (unknown route, wrong method) get a code too.
            var code = ProblemCodes.ForStatus(context.ProblemDetails.Status ?? context.HttpContext.Response.StatusCode);
            context.ProblemDetails.Extensions.TryAdd("code", code);
            context.ProblemDetails.Extensions.TryAdd("retryable", false);
        });
}
