using System.Text.Json;
using System.Text.Json.Serialization;
using Crescent.Server.Artifacts;
using Crescent.Server.Experiments;
using Crescent.Server.Problems;
using Crescent.Server.Studies;
using Crescent.Server.Workers;

namespace Crescent.Server.Hosting;

/// <summary>The HTTP side: JSON dialect, problem details, OpenAPI document, routes.</summary>
internal static class ApiSetup
{
    public static void AddCrescentApi(this WebApplicationBuilder builder, ServerOptions options)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = ExperimentDocument.MaxBytes + 1024;
            kestrel.Listen(options.BindAddress, options.Address.Port);
        });
        if (options.IsLoopback)
        {
            // A web page elsewhere that resolves its own name to this machine must not reach the API through a browser.
            builder.Configuration["AllowedHosts"] = "localhost;127.0.0.1;[::1]";
        }

        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false)));
        builder.Services.AddSingleton<ExperimentRequests>();
        builder.Services.AddSingleton<StudyResults>();
        builder.Services.AddProblems();
        builder.Services.AddOpenApi("v1", OpenApiDocument.Describe);
    }

    public static void MapCrescentApi(this WebApplication app, ServerOptions options)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.MapHealth();
        app.MapMetrics();
        if (!options.Controls)
        {
            return;
        }

        app.MapOpenApi("/openapi/{documentName}.json");
        app.MapSchemas();
        var api = app.MapGroup("/api/v1");
        api.MapExperiments();
        api.MapStudies();
        api.MapArtifacts();
        api.MapServer();
        api.MapWorkers();
        api.MapStorage();
    }
}
