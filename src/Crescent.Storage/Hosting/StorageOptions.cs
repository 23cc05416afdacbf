using Crescent.Storage.Artifacts;
using Crescent.Storage.Jobs;
using Microsoft.Extensions.Options;

namespace Crescent.Storage.Hosting;

/// <summary>Where Crescent keeps what must last.</summary>
public sealed class StorageOptions
{
    public const string Section = "Crescent:Storage";

    public const string Sqlite = "sqlite";
    public const string PostgreSql = "postgres";

    /// <summary><c>sqlite</c>: files in the data folder, one control process on one machine. <c>postgres</c>: the database of <see cref="Postgres"/>, for any number of processes.</summary>
    public string Database { get; set; } = Sqlite;

    /// <summary>Needed when <see cref="Database"/> is <c>postgres</c>.</summary>
    public PostgresOptions? Postgres { get; set; }

    /// <summary>Folder of the SQLite files, of blobs unless they are elsewhere, and of files on their way. One server at a time.</summary>
    public string DataFolder { get; set; } = "data";

    /// <summary>True: work in a folder that another process, the control process, has claimed, and leave its schema and upkeep to that one.</summary>
    public bool Join { get; set; }

    /// <summary>True: flush the disk at every commit, so that the last second before a power failure is safe too. The death of a process loses nothing either way.</summary>
    public bool FlushEveryCommit { get; set; }

    public JobQueueOptions Queue { get; set; } = new();

    /// <summary>How long what finished experiments no longer need is kept.</summary>
    public Retention Retention { get; set; } = new();

    /// <summary>Null: blobs are in the data folder.</summary>
    public AzureBlobOptions? Azure { get; set; }
}

/// <summary>How PostgreSQL is reached. Both may hold a password: give them by environment or secret file. Neither is ever logged.</summary>
public sealed class PostgresOptions
{
    /// <summary><c>Host=...;Database=...;Username=...;Password=...</c> of a role that reads and writes the tables.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>Of the role that owns the tables, used at start and only when they must change. Null: the role of <see cref="ConnectionString"/> owns them.</summary>
    public string? MigrationConnectionString { get; set; }
}

/// <summary>
/// A container of Azure Blob Storage for the blobs. It must exist. Credentials: a connection string (account key or SAS), a container URL with a SAS, or a container URL without one, for the identity of the machine, of the workload, or of the signed-in developer.
/// Keys and SAS come by environment or secret file and are never logged.
/// </summary>
public sealed class AzureBlobOptions
{
    public string ConnectionString { get; set; } = "";

    /// <summary>Goes with <see cref="ConnectionString"/>.</summary>
    public string Container { get; set; } = "crescent";

    /// <summary><c>https://ACCOUNT.blob.core.windows.net/CONTAINER</c>, with or without a SAS; instead of <see cref="ConnectionString"/>.</summary>
    public Uri? ContainerUrl { get; set; }

    /// <summary>Client id of a user-assigned managed identity; null: the machine's own.</summary>
    public string? IdentityClientId { get; set; }
}

public sealed class StorageOptionsValidator : IValidateOptions<StorageOptions>
{
    public ValidateOptionsResult Validate(string? name, StorageOptions options)
    {
        var problems = new List<string>();
        if (string.IsNullOrWhiteSpace(options.DataFolder))
        {
            problems.Add($"{StorageOptions.Section}:DataFolder is empty. Name a folder that this user may write.");
        }

        if (options.Database is not (StorageOptions.Sqlite or StorageOptions.PostgreSql))
        {
            problems.Add($"{StorageOptions.Section}:Database is '{options.Database}'. It may be {StorageOptions.Sqlite} or {StorageOptions.PostgreSql}.");
        }

        if (options.Database == StorageOptions.PostgreSql && string.IsNullOrWhiteSpace(options.Postgres?.ConnectionString))
        {
            problems.Add($"{StorageOptions.Section}:Postgres:ConnectionString is empty. Give Host, Database, Username and Password, or set Database to {StorageOptions.Sqlite}.");
        }

        if (options.Queue.FirstBackoff <= TimeSpan.Zero || options.Queue.LongestBackoff < options.Queue.FirstBackoff)
        {
            problems.Add($"{StorageOptions.Section}:Queue: FirstBackoff must be positive and LongestBackoff at least as long.");
        }

        if (options.Retention.Snapshots < TimeSpan.Zero || options.Retention.Checkpoints < TimeSpan.Zero)
        {
            problems.Add($"{StorageOptions.Section}:Retention: Snapshots and Checkpoints must not be negative. Write days as 7.00:00:00, and leave a value out to keep for ever.");
        }

        if (options.Azure is { } azure && AzureContainer.Problem(azure) is { } problem)
        {
            problems.Add(problem);
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
