using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Crescent.Server;
using Crescent.Server.Artifacts;
using Crescent.Server.Experiments;

namespace Crescent.Chaos;

/// <summary>A real <c>crescent dev</c>, in a process of its own, that can be killed.</summary>
public sealed class ServerProcess : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    private readonly Process process;
    private readonly HttpClient http;

    private ServerProcess(Process process, string url)
    {
        this.process = process;
        Url = url;
        http = new HttpClient { BaseAddress = new Uri(url), Timeout = TimeSpan.FromSeconds(30) };
    }

    public string Url { get; }

    /// <summary>Starts it and waits until it takes work.</summary>
    /// <param name="settings">Configuration, as environment variables: <c>Crescent__Worker__Slots</c>.</param>
    public static async Task<ServerProcess> StartAsync(string dataFolder, string logFile, params (string Name, string Value)[] settings)
    {
        var port = CrescentServer.FreePort();
        var start = CrescentProcess.Start("dev", "--data", dataFolder, "--port", port.ToString(CultureInfo.InvariantCulture));
        start.Environment["Crescent__Log__Console"] = "false";
        start.Environment["Crescent__Log__File"] = logFile;
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        var server = new ServerProcess(Process.Start(start)!, $"http://127.0.0.1:{port}");
        var errors = server.process.StandardError.ReadToEndAsync();
        while (!await server.IsReadyAsync())
        {
            if (server.process.HasExited)
            {
                throw new InvalidOperationException($"The server did not start: {await errors}");
            }

            await Task.Delay(50);
        }

        return server;
    }

    public async Task<string> CreateAsync(string yaml)
    {
        using var body = new StringContent(yaml, Encoding.UTF8, "application/yaml");
        using var response = await http.PostAsync("api/v1/experiments", body);
        var text = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode ? JsonSerializer.Deserialize<ExperimentSummary>(text, Json)!.Id : throw new InvalidOperationException(text);
    }

    public async Task<ExperimentView> ViewAsync(string id) => (await http.GetFromJsonAsync<ExperimentView>($"api/v1/experiments/{id}", Json))!;

    public async Task<IReadOnlyList<ArtifactView>> ArtifactsAsync(string id) => (await http.GetFromJsonAsync<IReadOnlyList<ArtifactView>>($"api/v1/experiments/{id}/artifacts", Json))!;

    /// <summary>SIGKILL: nothing gets a chance to clean up.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>SIGTERM; returns the exit code.</summary>
    public async Task<int> StopAsync()
    {
        using var signal = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await signal.WaitForExitAsync();
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        process.Dispose();
        http.Dispose();
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using var response = await http.GetAsync("health/ready");
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
