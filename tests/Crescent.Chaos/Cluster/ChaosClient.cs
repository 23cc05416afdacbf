using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using Crescent.Chaos.Histories;
using Crescent.Server.Experiments;

namespace Crescent.Chaos.Cluster;

/// <summary>What a client does and hears: it repeats until it is answered, and writes down what it was told.</summary>
internal sealed class ChaosClient(string url) : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(100);
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(2) }) { BaseAddress = new Uri(url), Timeout = TimeSpan.FromSeconds(10) };
    private readonly ConcurrentQueue<EventFact> followed = [];
    private readonly ConcurrentQueue<SubmitFact> submits = [];

    public IReadOnlyList<SubmitFact> Submits => [.. submits];

    public IReadOnlyList<EventFact> Followed => [.. followed];

    /// <summary>Submits under a key until the submit is acknowledged, and once more: the answer must be the same.</summary>
    public async Task<string> SubmitAsync(string spec, string key, CancellationToken cancellation)
    {
        while (await TrySubmitAsync(spec, key, cancellation) is null)
        {
            await Task.Delay(RetryInterval, cancellation);
        }

        await TrySubmitAsync(spec, key, cancellation);
        return submits.First(submit => submit.Key == key).Experiment;
    }

    /// <summary>The phase; null while nobody answers.</summary>
    public async Task<string?> PhaseAsync(string experiment, CancellationToken cancellation)
    {
        try
        {
            return (await http.GetFromJsonAsync<ExperimentView>($"api/v1/experiments/{experiment}", Json, cancellation))?.Experiment.Phase;
        }
        catch (Exception e) when (IsOfNetwork(e, cancellation))
        {
            return null;
        }
    }

    /// <summary>Says a verb; whether it was heard nobody knows.</summary>
    public async Task ActAsync(string experiment, string verb, CancellationToken cancellation)
    {
        try
        {
            using var response = await http.PostAsync($"api/v1/experiments/{experiment}/{verb}", null, cancellation);
        }
        catch (Exception e) when (IsOfNetwork(e, cancellation))
        {
            // Not heard, or its answer lost.
        }
    }

    /// <summary>Follows the events to the end of the experiment, through any number of connections.</summary>
    public async Task FollowAsync(string experiment, CancellationToken cancellation)
    {
        var after = 0L;
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, $"api/v1/experiments/{experiment}/events");
                request.Headers.Add("Last-Event-ID", after.ToString(CultureInfo.InvariantCulture));
                using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
                if (response.IsSuccessStatusCode)
                {
                    await foreach (var item in SseParser.Create(await response.Content.ReadAsStreamAsync(cancellation)).EnumerateAsync(cancellation))
                    {
                        after = long.Parse(item.EventId!, CultureInfo.InvariantCulture);
                        followed.Enqueue(new EventFact(experiment, after, item.EventType, item.Data));
                    }

                    return;
                }
            }
            catch (Exception e) when (IsOfNetwork(e, cancellation))
            {
                // The connection broke; the next one goes on where this one left off.
            }

            await Task.Delay(RetryInterval, cancellation);
        }
    }

    public void Dispose() => http.Dispose();

    /// <summary>The experiment's id; null when nobody has acknowledged.</summary>
    private async Task<string?> TrySubmitAsync(string spec, string key, CancellationToken cancellation)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "api/v1/experiments") { Content = new StringContent(spec, Encoding.UTF8, "application/yaml") };
            request.Headers.Add("Idempotency-Key", key);
            using var response = await http.SendAsync(request, cancellation);
            if (!response.IsSuccessStatusCode)
            {
                return (int)response.StatusCode is >= 400 and < 500 ? throw new InvalidOperationException(await response.Content.ReadAsStringAsync(cancellation)) : null;
            }

            var id = (await response.Content.ReadFromJsonAsync<ExperimentSummary>(Json, cancellation))!.Id;
            submits.Enqueue(new SubmitFact(key, id, spec));
            return id;
        }
        catch (Exception e) when (IsOfNetwork(e, cancellation))
        {
            return null;
        }
    }

    private static bool IsOfNetwork(Exception e, CancellationToken cancellation) => !cancellation.IsCancellationRequested && e is HttpRequestException or IOException or TaskCanceledException or JsonException;
}
