using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Crescent.Storage;

/// <summary>What the operating system and SQLite report, as Crescent's codes.</summary>
internal static class StorageErrors
{
    // errno ENOSPC, EDQUOT; ERROR_DISK_FULL, ERROR_HANDLE_DISK_FULL as HRESULT.
    private static readonly int[] DiskFull = [28, 122, unchecked((int)0x80070070), unchecked((int)0x80070027)];

    // errno EAGAIN (EWOULDBLOCK of a lock) on Linux and on macOS; ERROR_SHARING_VIOLATION as HRESULT.
    private static readonly int[] InUse = [11, 35, unchecked((int)0x80070020)];

    /// <summary>Another process holds the file.</summary>
    public static bool IsInUse(IOException e) => InUse.Contains(e.HResult);

    /// <summary>What file operations throw when the file system is the cause.</summary>
    public static bool IsOfFiles(Exception e) => e is IOException or UnauthorizedAccessException;

    public static CrescentException Of(Exception e, string what) => DiskFull.Contains(e.HResult)
        ? new CrescentException("storage-full", $"No space left for {what}. Free space on that disk; the work goes on from its last snapshot.", retryable: true, e)
        : new CrescentException("storage-unavailable", $"{what} cannot be written or read: {e.Message}", retryable: true, e);

    /// <summary>Environment errors get a code; an error of our own statements is passed on as it is.</summary>
    public static Exception Of(SqliteException e) => e.SqliteErrorCode switch
    {
        raw.SQLITE_FULL => new CrescentException("storage-full", "No space left for the database. Free space on the disk of the data folder; the work goes on from its last snapshot.", retryable: true, e),
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => new CrescentException("storage-busy", "The database is locked by another program. Close whatever else has it open.", retryable: true, e),
        raw.SQLITE_IOERR or raw.SQLITE_CANTOPEN or raw.SQLITE_READONLY or raw.SQLITE_PERM or raw.SQLITE_NOMEM or raw.SQLITE_PROTOCOL =>
            new CrescentException("storage-unavailable", $"The database cannot be written or read: {e.Message}", retryable: true, e),
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => new CrescentException("storage-damaged", $"The database is damaged: {e.Message} Restore the data folder from a backup.", inner: e),
        _ => e,
    };
}
