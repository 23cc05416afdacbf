using Crescent.Storage.Artifacts;
using Crescent.Storage.Jobs;
using Crescent.Storage.Sql;
using Crescent.Storage.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Crescent.Storage.Hosting;

/// <summary>What storage needs of its host: a blob container that cannot be used stops the start, attempts of the process before are ended before any worker starts, and blobs that nothing refers to are deleted now and then.</summary>
internal sealed partial class StorageUpkeep(DataFolder folder, SqlDatabase database, SqlJobQueue queue, IBlobStore blobs, BlobCollector collector, TimeProvider clock, ILogger<StorageUpkeep> logger) : BackgroundService, IHostedLifecycleService
{
    public static TimeSpan CollectEvery { get; } = TimeSpan.FromMinutes(1);

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (blobs is AzureBlobStore azure)
        {
            await azure.CheckAsync(cancellationToken);
        }

        // On a database that machines share, the workers inside other control processes live; leases tell the dead.
        if (folder.Joined || database is not SqliteDatabase)
        {
            return;
        }

        var ended = await queue.EndAttemptsAsync(WorkerIdentity.InControl, cancellationToken);
        if (ended > 0)
        {
            LogEnded(logger, ended);
        }
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (folder.Joined)
        {
            return;
        }

        using var timer = new PeriodicTimer(CollectEvery, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await CollectAsync(stoppingToken);
        }
    }

    /// <summary>A collection that fails is tried again the next time.</summary>
    private async Task CollectAsync(CancellationToken cancellation)
    {
        try
        {
            var deleted = await collector.CollectAsync(cancellation);
            LogCollected(logger, deleted);
        }
        catch (CrescentException e)
        {
            LogFailed(logger, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} attempts of the process before had not ended; their jobs go on from their snapshots")]
    private static partial void LogEnded(ILogger logger, int count);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Count} blobs collected")]
    private static partial void LogCollected(ILogger logger, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Blobs could not be collected; the next try is in a minute")]
    private static partial void LogFailed(ILogger logger, Exception error);
}
