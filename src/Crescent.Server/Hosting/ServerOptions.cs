using System.Net;
using Microsoft.Extensions.Options;

namespace Crescent.Server.Hosting;

/// <summary>Where this process keeps its data, what it listens on, and what it does.</summary>
public sealed record ServerOptions
{
    public const string Section = "Crescent";
    public const string ControlRole = "control";
    public const string ComputeRole = "compute";

    /// <summary>Database and blobs. One control process at a time; compute processes of the same machine join it.</summary>
    public string DataFolder { get; set; } = "crescent-data";

    /// <summary>Loopback by default: there is no authentication, so a wider address is a choice to be made. A process that only computes takes any free port unless it is told one.</summary>
    public string Url { get; set; } = "http://127.0.0.1:5250";

    /// <summary>Comma-separated: <c>control</c> (grains, HTTP) and <c>compute</c> (worker).</summary>
    public string Roles { get; set; } = "control,compute";

    /// <summary>The grace time: how long a stop waits for running jobs to commit a snapshot.</summary>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a process that only computes waits at its start for a control process to make the data folder ready.</summary>
    public TimeSpan JoinTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>With less than that left on the data folder's disk, the server does not start and accepts no experiment; 0: no limit.</summary>
    public long MinimumFreeMebibytes { get; set; } = 64;

    public IReadOnlyList<string> RoleList => Roles.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    public bool Controls => RoleList.Contains(ControlRole, StringComparer.Ordinal);

    public bool Computes => RoleList.Contains(ComputeRole, StringComparer.Ordinal);

    internal Uri Address => new(Url);

    internal bool IsLoopback => Address.IsLoopback;

    /// <summary>The address to bind; <c>localhost</c> means 127.0.0.1, a name or <c>0.0.0.0</c> means every interface.</summary>
    internal IPAddress BindAddress =>
        IPAddress.TryParse(Address.Host.Trim('[', ']'), out var address) ? address : Address.IsLoopback ? IPAddress.Loopback : IPAddress.Any;
}

public sealed class ServerOptionsValidator : IValidateOptions<ServerOptions>
{
    public ValidateOptionsResult Validate(string? name, ServerOptions options)
    {
        var problems = new List<string>();
        if (string.IsNullOrWhiteSpace(options.DataFolder))
        {
            problems.Add("Crescent:DataFolder is empty; name the folder that keeps database and blobs.");
        }

        if (!Uri.TryCreate(options.Url, UriKind.Absolute, out var url) || url.Scheme != Uri.UriSchemeHttp || url.PathAndQuery != "/")
        {
            problems.Add($"Crescent:Url is '{options.Url}'; write it as http://127.0.0.1:5250.");
        }

        foreach (var role in options.RoleList.Where(role => role is not (ServerOptions.ControlRole or ServerOptions.ComputeRole)))
        {
            problems.Add($"Crescent:Roles names '{role}'; the roles are control and compute.");
        }

        if (options.RoleList.Count == 0)
        {
            problems.Add("Crescent:Roles is empty; write control, compute, or control,compute.");
        }

        if (options.JoinTimeout < TimeSpan.Zero)
        {
            problems.Add($"Crescent:JoinTimeout is {options.JoinTimeout}; set 00:00:00 (do not wait) or more.");
        }

        if (options.ShutdownTimeout <= TimeSpan.Zero)
        {
            problems.Add($"Crescent:ShutdownTimeout is {options.ShutdownTimeout}; set 00:00:01 or more.");
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
