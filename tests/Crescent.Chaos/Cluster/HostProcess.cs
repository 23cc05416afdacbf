using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Crescent.Chaos.Faults;

namespace Crescent.Chaos.Cluster;

/// <summary>A server process with faults inside, that can be killed and frozen from outside.</summary>
internal sealed partial class HostProcess : IDisposable
{
    private const int KillSignal = 9;
    private const int Terminate = 15;
    private const int Continue = 18;
    private const int Stop = 19;
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(2) };

    private readonly Process process;
    private readonly FaultPlan plan;
    private readonly string url;
    private readonly Task<string> errors;
    private readonly Task exit;

    private HostProcess(Process process, FaultPlan plan, string url)
    {
        (this.process, this.plan, this.url, Id) = (process, plan, url, process.Id);
        errors = process.StandardError.ReadToEndAsync();
        exit = process.WaitForExitAsync();
    }

    public int Id { get; }

    public bool HasExited => exit.IsCompleted;

    public string Errors => errors.IsCompletedSuccessfully ? errors.Result : "";

    /// <summary>The call after which it has killed itself; null when it has not.</summary>
    public string? KilledItselfAt => File.Exists(Mark) ? File.ReadAllText(Mark) : null;

    private string Mark => Path.Combine(plan.Folder, string.Create(CultureInfo.InvariantCulture, $"killed-{Id}"));

    public static HostProcess Start(string role, string url, IEnumerable<string> settings, FaultPlan plan)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Crescent.Chaos.dll"), "host", $"--Crescent:Roles={role}", $"--Crescent:Url={url}", .. settings]) { RedirectStandardError = true, RedirectStandardInput = true };
        start.Environment[FaultPlan.Variable] = plan.Write();

        // A process lives for seconds here: what makes it start sooner is worth more than what makes it fast in the end.
        start.Environment["DOTNET_TieredPGO"] = "0";
        return new HostProcess(Process.Start(start)!, plan, url);
    }

    public async Task<bool> IsReadyAsync()
    {
        try
        {
            using var response = await Http.GetAsync($"{url}/health/ready");
            return response.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    public Task ExitAsync() => exit;

    /// <summary>SIGKILL.</summary>
    public void Kill() => Send(KillSignal);

    public void Freeze() => Send(Stop);

    public void Thaw() => Send(Continue);

    /// <summary>SIGTERM.</summary>
    public void Drain() => Send(Terminate);

    public void Dispose()
    {
        Kill();
        process.Dispose();
    }

    private void Send(int signal)
    {
        if (!HasExited)
        {
            _ = Signal(Id, signal);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}
