using Orleans.Runtime;

namespace Orleans
{
    /// <summary>A stored record as a storage provider sees it.</summary>
    public interface IGrainState<T>
    {
        T? State { get; set; }

        string? ETag { get; set; }

        bool RecordExists { get; set; }
    }

    [GenerateSerializer]
    public sealed class GrainState<T> : IGrainState<T>
    {
        [Id(0)]
        public T? State { get; set; }

        [Id(1)]
        public string? ETag { get; set; }

        [Id(2)]
        public bool RecordExists { get; set; }
    }
}

namespace Orleans.Storage
{
    /// <summary>Stores records by state name and grain key. A write or clear with an outdated etag throws <see cref="InconsistentStateException"/>.</summary>
    public interface IGrainStorage
    {
        Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);

        Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);

        Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);
    }

    /// <summary>Turns states into bytes and back.</summary>
    public interface IGrainStorageSerializer
    {
        BinaryData Serialize<T>(T? input);

        T? Deserialize<T>(BinaryData input);
    }

    public interface IStorageProviderSerializerOptions
    {
        IGrainStorageSerializer GrainStorageSerializer { get; set; }
    }

    internal static class StateActivator
    {
        /// <summary>A new, empty state: made by its constructor if it has one without parameters, blank otherwise.</summary>
        public static T Create<T>() => typeof(T).IsValueType ? default! : typeof(T) == typeof(string) || typeof(T).IsAbstract || typeof(T).IsArray ? default!
            : typeof(T).GetConstructor([]) is null ? (T)System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(typeof(T)) : Activator.CreateInstance<T>();
    }
}
