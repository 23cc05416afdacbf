using Microsoft.AspNetCore.OpenApi;

namespace Crescent.Server.Hosting;

internal static class OpenApiDocument
{
    public static void Describe(OpenApiOptions options) => options.AddDocumentTransformer((document, _, _) =>
    {
        document.Info.Title = "Crescent";
        document.Info.Description = "Durable experiments on post-training of language models: submit, follow, read.";
        document.Info.Version = "v1";

        // The document is the same on every address it is served from.
        document.Servers?.Clear();
        return Task.CompletedTask;
    });
}
