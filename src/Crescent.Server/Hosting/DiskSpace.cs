using System.Globalization;
using Crescent.Storage.Sqlite;
using Microsoft.Extensions.Options;

namespace Crescent.Server.Hosting;

/// <summary>Looks at the space left on the data folder's disk, so that a full disk is told in time and in words, not by jobs that are tried again and again.</summary>
public sealed class DiskSpace(DataFolder folder, IOptions<ServerOptions> options)
{
    /// <summary>What is wrong and the cure; null while there is space enough.</summary>
    public string? Problem()
    {
        var free = new DriveInfo(folder.Path).AvailableFreeSpace >> 20;
        var minimum = options.Value.MinimumFreeMebibytes;
        return free >= minimum
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"The disk of {folder.Path} has {free} MiB left, under the {minimum} MiB that Crescent keeps free. Free space there, or move the data folder; unfinished work goes on from its last snapshots.");
    }

    /// <exception cref="CrescentException"><c>storage-full</c>.</exception>
    public void Require()
    {
        if (Problem() is { } problem)
        {
            throw new CrescentException("storage-full", problem, retryable: true);
        }
    }
}
