using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Crescent.Server.Artifacts;
using Crescent.Server.Experiments;
using Crescent.Server.Hosting;
using Crescent.Server.Studies;
using Crescent.Server.Workers;

namespace Crescent.Cli.Client;

/// <summary>The HTTP API as methods. Every failure is a <see cref="CliException"/> with its exit code.</summary>
internal sealed class CrescentClient : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly HttpClient http;
    private readonly Uri server;
    private readonly TimeSpan retryInterval;
    private (string Name, string Id)? named;

    /// <param name="retryInterval">Between tries to connect again; null: a second.</param>
    public CrescentClient(Uri server, HttpMessageHandler? handler = null, TimeSpan? retryInterval = null)
    {
        this.server = server;
        this.retryInterval = retryInterval ?? TimeSpan.FromSeconds(1);

        // Streams may last for hours; single answers are limited by the server.
        http = new HttpClient(handler ?? new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(5) }) { BaseAddress = server, Timeout = Timeout.InfiniteTimeSpan };
    }

    public Task<ServerView> ServerAsync(CancellationToken cancellation) => GetAsync<ServerView>("api/v1/server", cancellation);

    public Task<IReadOnlyList<WorkerView>> WorkersAsync(CancellationToken cancellation) => GetAsync<IReadOnlyList<WorkerView>>("api/v1/workers", cancellation);

    public Task<ExperimentSummary> CreateAsync(string document, string mediaType, string? idempotencyKey, CancellationToken cancellation) =>
        ReadAsync<ExperimentSummary>(Post("api/v1/experiments", (document, mediaType), idempotencyKey), cancellation);

    public Task<ExperimentList> ListAsync(int limit, string? cursor, CancellationToken cancellation) =>
        GetAsync<ExperimentList>(Page("api/v1/experiments", limit, cursor), cancellation);

    public Task<ExperimentView> GetAsync(string id, CancellationToken cancellation) => GetAsync<ExperimentView>(Path(id), cancellation);

    /// <summary>Lets an experiment's name stand for its id in what is asked next: the newest experiment of that name. What names none is left to be looked up as an id.</summary>
    public async Task AcceptNameAsync(string name, CancellationToken cancellation)
    {
        for (var page = await ListAsync(100, null, cancellation); ; page = await ListAsync(100, page.NextCursor, cancellation))
        {
            if (page.Experiments.FirstOrDefault(experiment => experiment.Name == name) is { } found)
            {
                named = (name, found.Id);
                return;
            }

            if (page.NextCursor is null)
            {
                return;
            }
        }
    }

    /// <param name="verb">pause, resume, cancel, retry; extend, with a document of what is added.</param>
    public Task<ExperimentView> ActAsync(string id, string verb, string? idempotencyKey, CancellationToken cancellation, (string Document, string MediaType)? body = null) =>
        ReadAsync<ExperimentView>(Post($"{Path(id)}/{verb}", body, idempotencyKey), cancellation);

    /// <param name="body">What is to be other than in the parent's document; null: nothing.</param>
    public Task<ExperimentSummary> ForkAsync(string id, string checkpoint, string? name, (string Document, string MediaType)? body, string? idempotencyKey, CancellationToken cancellation) =>
        ReadAsync<ExperimentSummary>(
            Post($"{Path(id)}/fork?checkpoint={Uri.EscapeDataString(checkpoint)}{(name is null ? "" : $"&name={Uri.EscapeDataString(name)}")}", body, idempotencyKey), cancellation);

    public Task<ExperimentCompute> ComputeAsync(string id, CancellationToken cancellation) => GetAsync<ExperimentCompute>($"{Path(id)}/compute", cancellation);

    public Task<IReadOnlyList<FigureView>> FiguresAsync(string id, CancellationToken cancellation) => GetAsync<IReadOnlyList<FigureView>>($"{Path(id)}/figures", cancellation);

    public Task<IReadOnlyList<ArtifactView>> ArtifactsAsync(string id, CancellationToken cancellation) => GetAsync<IReadOnlyList<ArtifactView>>($"{Path(id)}/artifacts", cancellation);

    public Task DownloadFigureAsync(string id, string name, string format, Stream to, CancellationToken cancellation) =>
        DownloadAsync($"{Path(id)}/figures/{Uri.EscapeDataString(name)}?format={Uri.EscapeDataString(format)}", to, cancellation);

    public Task DownloadArtifactAsync(string id, string sha256, Stream to, CancellationToken cancellation) =>
        DownloadAsync($"{Path(id)}/artifacts/{Uri.EscapeDataString(sha256)}", to, cancellation);

    public Task DownloadReportAsync(string id, Stream to, CancellationToken cancellation) => DownloadAsync($"{Path(id)}/report", to, cancellation);

    public async Task<string> ResultAsync(string id, CancellationToken cancellation) => await TextAsync($"{Path(id)}/result", cancellation);

    public Task<StudyView> CreateStudyAsync((string Document, string MediaType) body, string? idempotencyKey, CancellationToken cancellation) =>
        ReadAsync<StudyView>(Post("api/v1/studies", body, idempotencyKey), cancellation);

    public Task<StudyList> StudiesAsync(int limit, string? cursor, CancellationToken cancellation) => GetAsync<StudyList>(Page("api/v1/studies", limit, cursor), cancellation);

    public Task<StudyView> StudyAsync(string id, CancellationToken cancellation) => GetAsync<StudyView>(StudyPath(id), cancellation);

    /// <param name="verb">retry, cancel; extend, with the grown document.</param>
    public Task<StudyView> ActOnStudyAsync(string id, string verb, string? idempotencyKey, CancellationToken cancellation, (string Document, string MediaType)? body = null) =>
        ReadAsync<StudyView>(Post($"{StudyPath(id)}/{verb}", body, idempotencyKey), cancellation);

    public Task<IReadOnlyList<FigureView>> StudyFiguresAsync(string id, CancellationToken cancellation) => GetAsync<IReadOnlyList<FigureView>>($"{StudyPath(id)}/figures", cancellation);

    public Task DownloadStudyFigureAsync(string id, string name, string format, Stream to, CancellationToken cancellation) =>
        DownloadAsync($"{StudyPath(id)}/figures/{Uri.EscapeDataString(name)}?format={Uri.EscapeDataString(format)}", to, cancellation);

    /// <param name="form">report (HTML) or result (JSON).</param>
    public Task<string> StudyReportAsync(string id, string form, CancellationToken cancellation) => TextAsync($"{StudyPath(id)}/{form}", cancellation);

    public async Task<string> SpecAsync(string id, CancellationToken cancellation) => await TextAsync($"{Path(id)}/spec", cancellation);

    public Task<StorageCheckView> CheckStorageAsync(CancellationToken cancellation) => ReadAsync<StorageCheckView>(new HttpRequestMessage(HttpMethod.Post, "api/v1/storage/check"), cancellation);

    public Task<StorageCollectView> CollectStorageAsync(bool dryRun, CancellationToken cancellation) =>
        ReadAsync<StorageCollectView>(new HttpRequestMessage(HttpMethod.Post, $"api/v1/storage/collect?dryRun={(dryRun ? "true" : "false")}"), cancellation);

    /// <summary>Follows the event log to its end. When the connection breaks it reconnects where it left off; a server that is away comes back within <see cref="Patience"/>, or the caller hears of it.</summary>
    public async IAsyncEnumerable<EventView> FollowAsync(string id, long after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var patience = TimeSpan.Zero;
        while (true)
        {
            using var response = await ConnectAsync(id, after, patience, cancellation);
            await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
            var parser = SseParser.Create(stream, (_, data) => JsonSerializer.Deserialize<EventView>(data, Json)!);
            await using var events = parser.EnumerateAsync(cancellation).GetAsyncEnumerator(cancellation);
            while (true)
            {
                try
                {
                    if (!await events.MoveNextAsync())
                    {
                        yield break;
                    }
                }
                catch (Exception e) when (e is HttpIOException or IOException)
                {
                    break;
                }

                after = events.Current.Data.Sequence;
                yield return events.Current.Data;
            }

            patience = Patience;
            await Task.Delay(retryInterval, cancellation);
        }
    }

    private async Task<HttpResponseMessage> ConnectAsync(string id, long after, TimeSpan patience, CancellationToken cancellation)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, $"{Path(id)}/events");
            if (after > 0)
            {
                request.Headers.Add("Last-Event-ID", after.ToString(System.Globalization.CultureInfo.InvariantCulture));
            }

            try
            {
                return await SendAsync(request, cancellation);
            }
            catch (CliException e) when (e.ExitCode == ExitCodes.Unreachable && TimeProvider.System.GetElapsedTime(begun) < patience)
            {
                await Task.Delay(retryInterval, cancellation);
            }
        }
    }

    public void Dispose() => http.Dispose();

    private string Path(string id) => $"api/v1/experiments/{Uri.EscapeDataString(named is { } known && known.Name == id ? known.Id : id)}";

    private static string Page(string path, int limit, string? cursor) => $"{path}?limit={limit}{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}";

    private static string StudyPath(string id) => $"api/v1/studies/{Uri.EscapeDataString(id)}";

    private static HttpRequestMessage Post(string path, (string Document, string MediaType)? body, string? idempotencyKey)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = body is var (document, mediaType) ? new StringContent(document, Encoding.UTF8, mediaType) : null };
        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        return request;
    }

    private Task<T> GetAsync<T>(string path, CancellationToken cancellation) => ReadAsync<T>(new HttpRequestMessage(HttpMethod.Get, path), cancellation);

    private async Task<T> ReadAsync<T>(HttpRequestMessage request, CancellationToken cancellation)
    {
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        using var response = await SendAsync(request, cancellation);
        try
        {
            return await response.Content.ReadFromJsonAsync<T>(Json, cancellation) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw new CliException(ExitCodes.Error, $"{server} gave an answer that is not Crescent's.", "Look at the address: --server, CRESCENT_SERVER.", e);
        }
    }

    private async Task<string> TextAsync(string path, CancellationToken cancellation)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Get, path), cancellation);
        return await response.Content.ReadAsStringAsync(cancellation);
    }

    private async Task DownloadAsync(string path, Stream to, CancellationToken cancellation)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Get, path), cancellation);
        await response.Content.CopyToAsync(to, cancellation);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        using (request)
        {
            HttpResponseMessage response;
            try
            {
                response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            }
            catch (HttpRequestException e)
            {
                throw new CliException(ExitCodes.Unreachable, $"No Crescent server answers at {server}.", "Start one with `crescent dev`, or name another: --server URL or CRESCENT_SERVER.", e);
            }

            if (response.IsSuccessStatusCode)
            {
                return response;
            }

            using (response)
            {
                throw await ProblemAsync(response, cancellation);
            }
        }
    }

    private async Task<CliException> ProblemAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var exitCode = response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden ? ExitCodes.Unreachable : ExitCodes.Error;
        try
        {
            var problem = await response.Content.ReadFromJsonAsync<ProblemBody>(Json, cancellation);
            if (problem?.Code is { } code)
            {
                return new CliException(exitCode, problem.Detail ?? problem.Title ?? code) { Code = code, Problems = problem.Problems ?? [] };
            }
        }
        catch (JsonException)
        {
            // Not ours: the status has to do.
        }

        return new CliException(exitCode, $"{server} answered {(int)response.StatusCode} {response.ReasonPhrase}.", "Look at the address: --server, CRESCENT_SERVER.");
    }

    private sealed record ProblemBody(string? Code, string? Title, string? Detail, IReadOnlyList<SpecProblem>? Problems);
}
