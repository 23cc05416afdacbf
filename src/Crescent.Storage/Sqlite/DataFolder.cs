using System.Globalization;
using System.Text;

namespace Crescent.Storage.Sqlite;

/// <summary>
/// The folder that holds everything durable of a single-machine installation, and this process's exclusive claim on it. The claim is a lock that the kernel holds for the process, so it ends with the process, however that ends.
/// Other processes on the machine may join: they work on the database and the blobs without the claim, and leave upkeep to the one that has it.
/// </summary>
public sealed class DataFolder : IDisposable
{
    /// <summary>Code of the error that a process which joins gets while the folder is not made, or not made ready, by its control process.</summary>
    public const string NotReady = "data-folder-not-ready";

    private readonly FileStream? claim;

    private DataFolder(string path, FileStream? claim, DateTimeOffset claimedAt)
    {
        Path = path;
        this.claim = claim;
        ClaimedAt = claimedAt;
    }

    public string Path { get; }

    /// <summary>True when this process works in the folder without the claim on it.</summary>
    public bool Joined => claim is null;

    /// <summary>By the clock of the file system: files of earlier processes are older than this. The beginning of time for a process that joined: it cannot tell.</summary>
    public DateTimeOffset ClaimedAt { get; }

    /// <summary>Queue, event log, metrics and catalog.</summary>
    public string DatabasePath => System.IO.Path.Combine(Path, "crescent.db");

    /// <summary>Grain state has its own file: two writers never wait for one another.</summary>
    public string GrainStatePath => System.IO.Path.Combine(Path, "grains.db");

    /// <summary>For Orleans' AdoNet storage with the invariant <c>System.Data.SQLite</c>.</summary>
    public string GrainStateConnectionString => SqliteConnections.Text(GrainStatePath);

    public string BlobPath => System.IO.Path.Combine(Path, "blobs");

    /// <summary>Makes the folder if need be and claims it.</summary>
    /// <exception cref="CrescentException"><c>data-folder-in-use</c>: another process has it. <c>data-folder-unusable</c>: it cannot be made or written.</exception>
    public static DataFolder Open(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        var lockPath = System.IO.Path.Combine(full, "crescent.lock");
        try
        {
            Directory.CreateDirectory(full);
            var claim = new FileStream(lockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            try
            {
                claim.SetLength(0);
                claim.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n")));
                claim.Flush();
                return new DataFolder(full, claim, File.GetLastWriteTimeUtc(lockPath));
            }
            catch
            {
                claim.Dispose();
                throw;
            }
        }
        catch (IOException e) when (StorageErrors.IsInUse(e))
        {
            throw new CrescentException("data-folder-in-use", $"The data folder {full} is in use by another Crescent process. Stop that process, or choose another folder.", inner: e);
        }
        catch (Exception e) when (StorageErrors.IsOfFiles(e))
        {
            throw Unusable(full, e);
        }
    }

    /// <summary>Joins the folder that a control process has made and claims.</summary>
    /// <param name="holdsDatabase">False: the database is elsewhere, and the folder is made if need be.</param>
    /// <exception cref="CrescentException"><c>data-folder-not-ready</c> (retryable): there is no database yet. <c>data-folder-unusable</c>.</exception>
    public static DataFolder Join(string path, bool holdsDatabase = true)
    {
        var folder = new DataFolder(System.IO.Path.GetFullPath(path), null, DateTimeOffset.MinValue);
        if (!holdsDatabase)
        {
            try
            {
                Directory.CreateDirectory(folder.Path);
            }
            catch (Exception e) when (StorageErrors.IsOfFiles(e))
            {
                throw Unusable(folder.Path, e);
            }

            return folder;
        }

        return File.Exists(folder.DatabasePath)
            ? folder
            : throw new CrescentException(NotReady, $"{folder.Path} holds no database. Start the control process on it first (`crescent dev`), or name its data folder.", retryable: true);
    }

    public void Dispose() => claim?.Dispose();

    private static CrescentException Unusable(string path, Exception error) =>
        new("data-folder-unusable", $"The data folder {path} cannot be used: {error.Message} Choose a folder that this user may write.", inner: error);
}
