using System.Diagnostics;
using System.Globalization;
using Crescent.Chaos;
using Crescent.Server;

namespace Crescent.EndToEnd.Tests.Workers;

/// <summary>A real <c>crescent worker run</c>, that can be frozen and killed.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process process;
    private readonly HttpClient http;

    private WorkerProcess(Process process, string url, string logFile)
    {
        this.process = process;
        LogFile = logFile;
        http = new HttpClient { BaseAddress = new Uri(url) };
    }

    public int Id => process.Id;

    public string LogFile { get; }

    public string Log => File.Exists(LogFile) ? File.ReadAllText(LogFile) : "";

    /// <summary>Starts it; it may still be waiting for its control process when this returns.</summary>
    public static WorkerProcess Start(string dataFolder, string logFile, params (string Name, string Value)[] settings)
    {
        var url = $"http://127.0.0.1:{CrescentServer.FreePort()}";
        var start = CrescentProcess.Start("worker", "run", "--data", dataFolder, "--url", url, "--slots", "1");
        start.Environment["Crescent__Log__Console"] = "false";
        start.Environment["Crescent__Log__File"] = logFile;
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        return new WorkerProcess(Process.Start(start)!, url, logFile);
    }

    public async Task ReadyAsync()
    {
        while (await AskAsync("health/ready") is not { } answer || !answer.Contains("ready", StringComparison.Ordinal))
        {
            Assert.False(process.HasExited, $"The worker has ended: {process.StandardError.ReadToEnd()} {Log}");
            await Task.Delay(50);
        }
    }

    /// <summary>The answer; null while nobody listens.</summary>
    public async Task<string?> AskAsync(string path)
    {
        try
        {
            return await http.GetStringAsync(path);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>SIGKILL to the processes of its kernels; false when there are none.</summary>
    public bool KillKernels()
    {
        // Children are listed with the thread that started them.
        var kernels = Directory.GetDirectories($"/proc/{process.Id}/task").SelectMany(ChildrenOf).ToList();
        foreach (var kernel in kernels)
        {
            using var signal = Process.Start("kill", ["-KILL", kernel]);
            signal.WaitForExit();
        }

        return kernels.Count > 0;
    }

    public Task FreezeAsync() => SignalAsync("STOP");

    public Task ThawAsync() => SignalAsync("CONT");

    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>SIGTERM; returns the exit code.</summary>
    public async Task<int> StopAsync()
    {
        await SignalAsync("TERM");
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

    private static string[] ChildrenOf(string thread)
    {
        try
        {
            return File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (IOException)
        {
            // The thread has ended since it was listed.
            return [];
        }
    }

    private async Task SignalAsync(string name)
    {
        using var signal = Process.Start("kill", [$"-{name}", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await signal.WaitForExitAsync();
    }
}
