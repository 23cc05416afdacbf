using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Storage;

namespace Orleans.Core
{
    /// <summary>One stored record and its version.</summary>
    public interface IStorage
    {
        string? Etag { get; }

        bool RecordExists { get; }

        Task ClearStateAsync();

        Task WriteStateAsync();

        Task ReadStateAsync();

        Task ClearStateAsync(CancellationToken cancellationToken) => ClearStateAsync();

        Task WriteStateAsync(CancellationToken cancellationToken) => WriteStateAsync();

        Task ReadStateAsync(CancellationToken cancellationToken) => ReadStateAsync();
    }

    public interface IStorage<TState> : IStorage
    {
        TState State { get; set; }
    }
}

namespace Orleans.Runtime
{
    /// <summary>State of a grain that was read before its activation and is written when the grain says so.</summary>
    public interface IPersistentState<TState> : Core.IStorage<TState>;

    /// <summary>Injects the state of that name, from the storage provider of that name, into a grain's constructor. The storage key is the state name and the grain's key, without the class.</summary>
    [AttributeUsage(AttributeTargets.Parameter)]
    public class PersistentStateAttribute(string stateName, string? storageName = null) : Attribute
    {
        public string StateName { get; } = stateName;

        public string? StorageName { get; } = storageName;
    }

    internal static class PersistentStates
    {
        public static object Create(Activation activation, ParameterInfo parameter)
        {
            var type = parameter.ParameterType;
            if (!type.IsGenericType || type.GetGenericTypeDefinition() != typeof(IPersistentState<>))
            {
                throw new InvalidOperationException($"[PersistentState] belongs on an IPersistentState<T> parameter, and \"{parameter.Name}\" of {activation.Class.Class} is a {type}.");
            }

            var attribute = parameter.GetCustomAttribute<PersistentStateAttribute>()!;
            var services = activation.ActivationServices;
            var storage = string.IsNullOrWhiteSpace(attribute.StorageName) ? services.GetService<IGrainStorage>() : services.GetKeyedService<IGrainStorage>(attribute.StorageName);
            if (storage is null)
            {
                throw new BadProviderConfigException(string.IsNullOrWhiteSpace(attribute.StorageName)
                    ? $"No default storage provider found loading grain type {activation.GrainId.Type}."
                    : $"No storage provider named \"{attribute.StorageName}\" found loading grain type {activation.GrainId.Type}.");
            }

            return Activator.CreateInstance(typeof(PersistentState<>).MakeGenericType(type.GetGenericArguments()), activation, attribute.StateName, storage)!;
        }
    }

    internal sealed class PersistentState<TState> : IPersistentState<TState>
    {
        private readonly GrainState<TState> _record = new();
        private readonly Activation _activation;
        private readonly string _name;
        private readonly IGrainStorage _storage;

        public PersistentState(Activation activation, string name, IGrainStorage storage)
        {
            _activation = activation;
            _name = name;
            _storage = storage;
            activation.BeforeActivation(_ => ReadStateAsync());
        }

        public TState State
        {
            get => _record.State!;
            set => _record.State = value;
        }

        public string? Etag => _record.ETag;

        public bool RecordExists => _record.RecordExists;

        public Task ReadStateAsync() => GuardAsync("ReadState", s => s.ReadStateAsync(_name, _activation.GrainId, _record));

        public Task WriteStateAsync() => GuardAsync("WriteState", s => s.WriteStateAsync(_name, _activation.GrainId, _record));

        public Task ClearStateAsync() => GuardAsync("ClearState", s => s.ClearStateAsync(_name, _activation.GrainId, _record));

        /// <summary>Grains see Orleans exceptions only: anything else from a provider is wrapped.</summary>
        private async Task GuardAsync(string operation, Func<IGrainStorage, Task> act)
        {
            if (!ReferenceEquals(Activation.Current, _activation))
            {
                throw new InvalidOperationException($"{operation} of \"{_name}\" was called outside of the grain's turns.");
            }

            try
            {
                await act(_storage);
            }
            catch (Exception exception) when (exception is not OrleansException)
            {
                throw new OrleansException($"Error from storage provider {_storage.GetType().Name}.{_name} during {operation} for grain {_activation.GrainId}", exception);
            }
        }
    }
}
