using Microsoft.Data.Sqlite;
using Npgsql;
using SQLitePCL;

namespace Crescent.Storage;

/// <summary>What the operating system, SQLite and PostgreSQL report, as Crescent's codes.</summary>
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

    /// <summary>Environment errors get a code; an error of our own statements is passed on as it is. No message repeats a connection string.</summary>
    public static Exception Of(NpgsqlException e) => e is not PostgresException { SqlState: var state } postgres ? Unreachable(e) : state switch
    {
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification =>
            new CrescentException("storage-credentials", $"PostgreSQL refuses the credentials: {postgres.MessageText}. Correct Username and Password of Crescent:Storage:Postgres.", inner: e),
        PostgresErrorCodes.InvalidCatalogName =>
            new CrescentException("database-missing", $"PostgreSQL has no such database: {postgres.MessageText}. Create it, or correct Database of Crescent:Storage:Postgres.", inner: e),
        PostgresErrorCodes.InsufficientPrivilege =>
            new CrescentException("storage-forbidden", $"The role of Crescent:Storage:Postgres lacks a right: {postgres.MessageText}. Grant it SELECT, INSERT, UPDATE and DELETE on the tables.", inner: e),
        PostgresErrorCodes.DiskFull => new CrescentException("storage-full", "No space left for the database. Free space on PostgreSQL's disk; the work goes on from its last snapshot.", retryable: true, e),
        PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.TooManyConnections =>
            new CrescentException("storage-busy", $"PostgreSQL is busy: {postgres.MessageText}. Try again; if it stays so, raise max_connections or look for long transactions.", retryable: true, e),
        PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted =>
            new CrescentException("storage-damaged", $"The database is damaged: {postgres.MessageText}. Restore it from a backup.", inner: e),
        PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.OutOfMemory => Unreachable(e),
        ['0', '8', ..] or ['5', '7', 'P', ..] or ['5', '8', ..] => Unreachable(e),
        _ => e,
    };

    private static CrescentException Unreachable(NpgsqlException e) => new(
        "storage-unavailable",
        $"PostgreSQL cannot be reached or does not serve: {(e as PostgresException)?.MessageText ?? e.Message}{(e.InnerException is { } inner ? $" ({inner.Message})" : "")}. Start it, or correct Host and Port of Crescent:Storage:Postgres.",
        retryable: true,
        e);
}
