using System.Globalization;
using System.Net.ServerSentEvents;
using System.Reflection;
using Crescent.Storage.Experiments;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;

namespace Crescent.Server.Experiments;

/// <summary>
/// Follows an experiment's event log as server-sent events: from the start or after <c>Last-Event-ID</c>. It ends in good order only when the experiment has ended and all is sent; a server that stops before breaks the connection, so that nobody takes the one for the other.
/// </summary>
internal sealed class ExperimentEvents(EventStream events, long after) : IResult, IEndpointMetadataProvider
{
    public static async Task<ExperimentEvents> Follow(string id, [FromHeader(Name = "Last-Event-ID")] string? lastEventId, IExperimentStore store, TimeProvider time, CancellationToken cancellation)
    {
        await store.RequireAsync(id, cancellation);
        var after = 0L;
        if (lastEventId is { Length: > 0 } && (!long.TryParse(lastEventId, NumberStyles.None, CultureInfo.InvariantCulture, out after)))
        {
            throw new CrescentException("request-invalid", $"Last-Event-ID is '{lastEventId}'; send the number of the last event you have, or leave the header out.");
        }

        return new ExperimentEvents(new EventStream(id, store, time), after);
    }

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(SseItem<EventView>), ["text/event-stream"]));

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache,no-store";
        response.Headers.ContentEncoding = "identity";
        httpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        var stopping = httpContext.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, httpContext.RequestAborted);
        try
        {
            await events.WriteAsync(after, response.Body, either.Token);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            httpContext.Abort();
        }
    }
}
