using Crescent.Storage.Jobs;
using Microsoft.Extensions.Options;

namespace Crescent.Storage.Hosting;

/// <summary>Where Crescent keeps what must last.</summary>
public sealed class StorageOptions
{
    public const string Section = "Crescent:Storage";

    /// <summary>Folder of the database, of grain state and of blobs. One server at a time.</summary>
    public string DataFolder { get; set; } = "data";

    /// <summary>True: work in a folder that another process, the control process, has claimed, and leave its schema and upkeep to that one.</summary>
    public bool Join { get; set; }

    /// <summary>True: flush the disk at every commit, so that the last second before a power failure is safe too. The death of a process loses nothing either way.</summary>
    public bool FlushEveryCommit { get; set; }

    public JobQueueOptions Queue { get; set; } = new();

    /// <summary>Null: blobs are in the data folder.</summary>
    public AzureBlobOptions? Azure { get; set; }
}

/// <summary>A container of Azure Blob Storage for the blobs. It must exist.</summary>
public sealed class AzureBlobOptions
{
    public string ConnectionString { get; set; } = "";

    public string Container { get; set; } = "crescent";
}

internal sealed class StorageOptionsValidator : IValidateOptions<StorageOptions>
{
    public ValidateOptionsResult Validate(string? name, StorageOptions options)
    {
        var problems = new List<string>();
        if (string.IsNullOrWhiteSpace(options.DataFolder))
        {
            problems.Add($"{StorageOptions.Section}:DataFolder is empty. Name a folder that this user may write.");
        }

        if (options.Queue.FirstBackoff <= TimeSpan.Zero || options.Queue.LongestBackoff < options.Queue.FirstBackoff)
        {
            problems.Add($"{StorageOptions.Section}:Queue: FirstBackoff must be positive and LongestBackoff at least as long.");
        }

        if (options.Azure is { } azure && (string.IsNullOrWhiteSpace(azure.ConnectionString) || string.IsNullOrWhiteSpace(azure.Container)))
        {
            problems.Add($"{StorageOptions.Section}:Azure needs a ConnectionString and a Container. Give both, or leave the section out to keep blobs in the data folder.");
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
