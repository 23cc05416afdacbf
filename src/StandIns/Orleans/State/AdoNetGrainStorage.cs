using System.Data.Common;
using System.Globalization;
using System.Text;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Orleans.Storage;

/// <summary>
/// Records in the table OrleansStorage, through the queries that the table OrleansQuery holds under Orleans's keys, with Orleans's parameters and hashes: what is written here is read by
/// Microsoft.Orleans.Persistence.AdoNet and the other way round.
/// </summary>
internal sealed class AdoNetGrainStorage(string name, string serviceId, AdoNetGrainStorageOptions options, AdoNetDatabase database) : IGrainStorage
{
    private volatile Dictionary<string, string>? _queries;

    private string ClearKey => options.DeleteStateOnClear ? "DeleteStorageKey" : "ClearStorageKey";

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var rows = await database.ReadAsync(
            await QueryAsync("ReadFromStorageKey"),
            command => AddKey(command, stateName, grainId),
            reader => (Payload: reader["PayloadBinary"] as byte[], Version: Nullable(reader["Version"])));
        var row = rows.SingleOrDefault();
        grainState.State = (row.Payload is null ? default : options.GrainStorageSerializer.Deserialize<T>(new BinaryData(row.Payload))) ?? StateActivator.Create<T>();
        grainState.ETag = row.Version;
        grainState.RecordExists = row.Payload is not null;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var payload = options.GrainStorageSerializer.Serialize(grainState.State).ToArray();
        var rows = await database.ReadAsync(
            await QueryAsync("WriteToStorageKey"),
            command =>
            {
                AddKey(command, stateName, grainId);
                AddVersion(command, grainState.ETag);
                AdoNetDatabase.Add(command, "PayloadBinary", payload);
            },
            reader => Nullable(reader["NewGrainStateVersion"]));
        grainState.ETag = Accepted("WriteState", rows.SingleOrDefault(), grainState.ETag, stateName, grainId);
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (!grainState.RecordExists && string.IsNullOrWhiteSpace(grainState.ETag))
        {
            await ReadStateAsync(stateName, grainId, grainState);
            if (!grainState.RecordExists)
            {
                return;
            }
        }

        var rows = await database.ReadAsync(
            await QueryAsync(ClearKey),
            command =>
            {
                AddKey(command, stateName, grainId);
                AddVersion(command, grainState.ETag);
            },
            reader => Nullable(reader[0]));
        var version = Accepted("ClearState", rows.SingleOrDefault(), grainState.ETag, stateName, grainId);
        grainState.ETag = options.DeleteStateOnClear ? null : version;
        grainState.RecordExists = false;
        grainState.State = StateActivator.Create<T>();
    }

    private async Task<string> QueryAsync(string key) => (_queries ??= await database.QueriesAsync("WriteToStorageKey", "ReadFromStorageKey", ClearKey))[key];

    /// <summary>The queries answer with the new version; none, or the old one, says that the stored version was another.</summary>
    private string Accepted(string operation, string? stored, string? current, string stateName, GrainId grainId) =>
        string.IsNullOrEmpty(stored) || stored == current
            ? throw new InconsistentStateException($"Version conflict ({operation}): ServiceId={serviceId} ProviderName={name} GrainType={stateName} GrainId={grainId.Key} ETag={current}.")
            : stored;

    private void AddKey(DbCommand command, string stateName, GrainId grainId)
    {
        var key = StorageKey.Of(grainId);
        AdoNetDatabase.Add(command, "GrainIdHash", key.Hash);
        AdoNetDatabase.Add(command, "GrainIdN0", key.N0);
        AdoNetDatabase.Add(command, "GrainIdN1", key.N1);
        AdoNetDatabase.Add(command, "GrainTypeHash", (int)StableHash.ComputeHash(Encoding.UTF8.GetBytes(stateName)));
        AdoNetDatabase.Add(command, "GrainTypeString", stateName);
        AdoNetDatabase.Add(command, "GrainIdExtensionString", key.Extension);
        AdoNetDatabase.Add(command, "ServiceId", serviceId);
    }

    private static void AddVersion(DbCommand command, string? etag) =>
        AdoNetDatabase.Add(command, "GrainStateVersion", string.IsNullOrWhiteSpace(etag) ? null : int.Parse(etag, CultureInfo.InvariantCulture));

    private static string? Nullable(object value) => value is DBNull ? null : Convert.ToInt32(value, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture);
}

/// <summary>A grain key as the storage table splits it: GUID and integer keys (and strings that read as such) into two numbers, others into the extension string.</summary>
internal readonly record struct StorageKey(long N0, long N1, string? Extension, int Hash)
{
    public static StorageKey Of(GrainId id)
    {
        if (GrainKeys.TryGetGuid(id, out var guid, out var extension))
        {
            var bytes = guid.ToByteArray();
            return new(BitConverter.ToInt64(bytes, 0), BitConverter.ToInt64(bytes, 8), extension, HashOf(bytes, extension));
        }

        if (GrainKeys.TryGetInteger(id, out var integer, out extension))
        {
            return new(0, integer, extension, HashOf(BitConverter.GetBytes(integer), extension));
        }

        var text = id.Key.ToString();
        return new(0, 0, text, HashOf([], text));
    }

    /// <summary>Orleans hashes the key's bytes in reverse.</summary>
    private static int HashOf(byte[] number, string? extension)
    {
        byte[] bytes = [.. number, .. Encoding.UTF8.GetBytes(extension ?? "")];
        Array.Reverse(bytes);
        return (int)StableHash.ComputeHash(bytes);
    }
}
