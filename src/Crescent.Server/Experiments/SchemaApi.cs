using Crescent.Abstractions.Experiments;
using Crescent.Abstractions.Studies;

namespace Crescent.Server.Experiments;

/// <summary><c>/schemas</c>: what the documents that are submitted look like.</summary>
internal static class SchemaApi
{
    public static void MapSchemas(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/schemas/experiment.json", () => TypedResults.Text(ExperimentSchema.Write(), "application/schema+json"))
            .WithTags("Experiments").WithName("GetExperimentSchema").WithSummary("JSON schema of the document that POST /api/v1/experiments takes.");
        routes.MapGet("/schemas/study.json", () => TypedResults.Text(StudySchema.Write(), "application/schema+json"))
            .WithTags("Studies").WithName("GetStudySchema").WithSummary("JSON schema of the document that POST /api/v1/studies takes.");
    }
}
