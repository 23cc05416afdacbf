using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Storage;

namespace Orleans.Configuration
{
    public class MemoryGrainStorageOptions : IStorageProviderSerializerOptions
    {
        public IGrainStorageSerializer GrainStorageSerializer { get; set; } = null!;
    }
}

namespace Orleans.Hosting
{
    public static class MemoryGrainStorageSiloBuilderExtensions
    {
        public static ISiloBuilder AddMemoryGrainStorage(this ISiloBuilder builder, string name, Action<MemoryGrainStorageOptions> configureOptions) =>
            builder.AddMemoryGrainStorage(name, options => options.Configure(configureOptions));

        public static ISiloBuilder AddMemoryGrainStorage(this ISiloBuilder builder, string name, Action<OptionsBuilder<MemoryGrainStorageOptions>>? configureOptions = null) =>
            builder.ConfigureServices(services =>
            {
                configureOptions?.Invoke(services.AddOptions<MemoryGrainStorageOptions>(name));
                GrainStorageRegistration.Add(services, name, provider =>
                    new MemoryGrainStorage(provider.GetRequiredService<IOptionsMonitor<MemoryGrainStorageOptions>>().Get(name).GrainStorageSerializer ?? provider.GetService<IGrainStorageSerializer>() ?? new JsonStateSerializer()));
            });

        public static ISiloBuilder AddMemoryGrainStorageAsDefault(this ISiloBuilder builder, Action<OptionsBuilder<MemoryGrainStorageOptions>>? configureOptions = null) =>
            builder.AddMemoryGrainStorage(GrainStorageRegistration.DefaultName, configureOptions);
    }
}

namespace Orleans.Storage
{
    internal static class GrainStorageRegistration
    {
        public const string DefaultName = "Default";

        public static void Add(IServiceCollection services, string name, Func<IServiceProvider, IGrainStorage> create)
        {
            services.AddKeyedSingleton(name, (provider, _) => create(provider));
            if (name == DefaultName)
            {
                services.AddSingleton(provider => provider.GetRequiredKeyedService<IGrainStorage>(DefaultName));
            }
        }
    }

    /// <summary>Keeps serialized records in memory; they are gone with the process.</summary>
    internal sealed class MemoryGrainStorage(IGrainStorageSerializer serializer) : IGrainStorage
    {
        private readonly ConcurrentDictionary<(string Name, GrainId Grain), (BinaryData Data, string Version)> _records = new();

        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            var exists = _records.TryGetValue((stateName, grainId), out var record);
            grainState.State = (exists ? serializer.Deserialize<T>(record.Data) : default) ?? StateActivator.Create<T>();
            grainState.ETag = exists ? record.Version : null;
            grainState.RecordExists = exists;
            return Task.CompletedTask;
        }

        public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            var data = serializer.Serialize(grainState.State);
            var found = _records.TryGetValue((stateName, grainId), out var old);
            Check(found ? old.Version : null, grainState.ETag, stateName, grainId);
            var next = (Data: data, Version: Guid.NewGuid().ToString("N"));
            if (!(found ? _records.TryUpdate((stateName, grainId), next, old) : _records.TryAdd((stateName, grainId), next)))
            {
                Check("changed meanwhile", grainState.ETag, stateName, grainId);
            }

            grainState.ETag = next.Version;
            grainState.RecordExists = true;
            return Task.CompletedTask;
        }

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            var found = _records.TryGetValue((stateName, grainId), out var old);
            Check(found ? old.Version : null, grainState.ETag, stateName, grainId);
            if (found && !_records.TryRemove(KeyValuePair.Create((stateName, grainId), old)))
            {
                Check("changed meanwhile", grainState.ETag, stateName, grainId);
            }

            grainState.State = StateActivator.Create<T>();
            grainState.ETag = null;
            grainState.RecordExists = false;
            return Task.CompletedTask;
        }

        private static void Check(string? stored, string? current, string name, GrainId grain)
        {
            if (stored != current)
            {
                throw new InconsistentStateException($"Etag mismatch for state \"{name}\" of grain {grain}.", stored, current);
            }
        }
    }

    /// <summary>Plain JSON, for memory storage that was given no serializer.</summary>
    internal sealed class JsonStateSerializer : IGrainStorageSerializer
    {
        public BinaryData Serialize<T>(T? input) => new(JsonSerializer.SerializeToUtf8Bytes(input));

        public T? Deserialize<T>(BinaryData input) => JsonSerializer.Deserialize<T>(input.ToMemory().Span);
    }
}
