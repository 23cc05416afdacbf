using Crescent.Server.Workers;
using Crescent.Storage.Hosting;
using Microsoft.Extensions.Options;

namespace Crescent.Server.Hosting;

internal static class OptionsSetup
{
    /// <summary>Binds and checks the options that the composition itself needs.</summary>
    /// <exception cref="CrescentException"><c>options-invalid</c>.</exception>
    public static ServerOptions AddCrescentOptions(this WebApplicationBuilder builder)
    {
        if (Environment.GetEnvironmentVariable("CRESCENT_DATA") is { Length: > 0 } folder && builder.Configuration["Crescent:DataFolder"] is null)
        {
            builder.Configuration["Crescent:DataFolder"] = folder;
        }

        if (builder.Configuration["Crescent:Url"] is null && builder.Configuration["Crescent:Roles"]?.Trim() == ServerOptions.ComputeRole)
        {
            // Any number of them may run on one machine, and nobody needs to know the port but those who set it.
            builder.Configuration["Crescent:Url"] = "http://127.0.0.1:0";
        }

        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddOptions<WorkerOptions>().BindConfiguration(WorkerOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<WorkerOptions>, WorkerOptionsValidator>();
        builder.Services.AddSingleton<DiskSpace>();
        builder.Services.AddOptions<ServerOptions>().BindConfiguration(ServerOptions.Section);
        var options = builder.Configuration.GetSection(ServerOptions.Section).Get<ServerOptions>() ?? new ServerOptions();
        var worker = builder.Configuration.GetSection(WorkerOptions.Section).Get<WorkerOptions>() ?? new WorkerOptions();
        Require(new ServerOptionsValidator().Validate(null, options), new WorkerOptionsValidator().Validate(null, worker));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.ShutdownTimeout);
        return options;
    }

    /// <summary>Binds and checks where things are stored, and where other control processes find this one.</summary>
    /// <exception cref="CrescentException"><c>options-invalid</c>.</exception>
    public static (StorageOptions Storage, SiloEndpoint Silo) AddCrescentStorageOptions(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<StorageOptions>().BindConfiguration(StorageOptions.Section);
        var storage = builder.Configuration.GetSection(StorageOptions.Section).Get<StorageOptions>() ?? new StorageOptions();
        var silo = builder.Configuration.GetSection(SiloEndpoint.Section).Get<SiloEndpoint>() ?? new SiloEndpoint();
        Require(new StorageOptionsValidator().Validate(null, storage), new SiloEndpointValidator().Validate(null, silo));
        return (storage, silo);
    }

    private static void Require(params ReadOnlySpan<ValidateOptionsResult> results)
    {
        var failures = new List<string>();
        foreach (var result in results)
        {
            failures.AddRange(result.Failures ?? []);
        }

        if (failures.Count > 0)
        {
            throw new CrescentException("options-invalid", string.Join(" ", failures));
        }
    }
}
