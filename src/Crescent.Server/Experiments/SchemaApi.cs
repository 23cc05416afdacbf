using Crescent.Abstractions.Experiments;

namespace Crescent.Server.Experiments;

internal static class SchemaApi
{
    public static void MapExperimentSchema(this IEndpointRouteBuilder routes) => routes
        .MapGet("/schemas/experiment.json", () => TypedResults.Text(ExperimentSchema.Write(), "application/schema+json"))
        .WithTags("Experiments").WithName("GetExperimentSchema").WithSummary("JSON schema of the document that POST /api/v1/experiments takes.");
}
