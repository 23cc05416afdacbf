using System.Globalization;
using Crescent.Chaos.Faults;
using Crescent.Chaos.Histories;
using Crescent.Kernels.Randomness;
using Crescent.Server;

namespace Crescent.Chaos.Cluster;

/// <summary>One control process and some compute processes on a fresh data folder and an empty database, kept alive, with a client.</summary>
internal sealed class ChaosCluster : IAsyncDisposable
{
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(2);

    // Every durable write of each role. The process dies right after it: the write is there and nobody has heard of it.
    private static readonly string[] ControlPoints = ["IGrainStorage.WriteStateAsync", "IExperimentStore.AppendAsync", "IJobQueue.SubscribeAsync", "IJobQueue.AcknowledgeAsync", "IExperimentStore.CreateAsync", "IJobQueue.UnsubscribeAsync"];
    private static readonly string[] ComputePoints = ["IWorkQueue.CommitAsync", "IBlobStore.PutAsync", "IWorkQueue.ClaimAsync", "IWorkQueue.HeartbeatAsync", "IWorkQueue.CompleteAndClaimAsync"];

    private readonly IChaosDatabase database;
    private readonly string folder;
    private readonly RandomStream random;
    private readonly Action<string> died;
    private readonly Lock gate = new();
    private readonly List<Task> keeping = [];
    private int started;

    private ChaosCluster(IChaosDatabase database, string folder, RandomStream random, Action<string> died)
    {
        (this.database, this.folder, this.random, this.died) = (database, folder, random, died);
        Directory.CreateDirectory(folder);
        Switches = new Switches(folder);
        var url = $"http://127.0.0.1:{CrescentServer.FreePort()}";
        Client = new ChaosClient(url);
        Slots = [Slot("control", url), Slot("compute", $"http://127.0.0.1:{CrescentServer.FreePort()}"), Slot("compute", $"http://127.0.0.1:{CrescentServer.FreePort()}")];
    }

    public IReadOnlyList<HostSlot> Slots { get; }

    public HostSlot Control => Slots[0];

    public ChaosClient Client { get; }

    public Switches Switches { get; }

    /// <summary>While true, processes are started with faults inside.</summary>
    public bool Disturbed { get; set; }

    public IReadOnlyList<(string Name, Func<Task> Act)> DatabaseFaults => database.Faults;

    private string DataFolder => DataFolderOf(folder);

    private string BlobFolder => Path.Combine(DataFolder, "blobs");

    public static string DataFolderOf(string folder) => Path.Combine(folder, "data");

    /// <param name="disturbed">See <see cref="Disturbed"/>.</param>
    /// <param name="died">Hears the fault point after which a process has killed itself.</param>
    public static ChaosCluster Start(IChaosDatabase database, string folder, RandomStream random, bool disturbed, Action<string>? died = null)
    {
        var cluster = new ChaosCluster(database, folder, random, died ?? (_ => { })) { Disturbed = disturbed };
        cluster.keeping.AddRange(cluster.Slots.Select(slot => Task.Run(slot.KeepAsync)));
        return cluster;
    }

    /// <param name="thorough">True: reads every blob; false: looks whether it is there.</param>
    public async Task<History> ReadAsync(bool thorough)
    {
        // What clients and workers were told comes first: all of it must then be in the tables.
        var (submits, followed, journal) = (Client.Submits, Client.Followed, Journal.Read(folder));
        await using var connection = database.Connect();
        var history = await HistoryReader.ReadAsync(connection);
        var bad = HistoryReader.BadBlobs(history.Artifacts, BlobFolder, thorough);
        if (bad.Count > 0)
        {
            // A row may have gone since it was read, and its blob with it.
            await using var again = database.Connect();
            await again.OpenAsync();
            bad = HistoryReader.BadBlobs((await HistoryReader.ArtifactsAsync(again)).Where(artifact => bad.ContainsKey(artifact.Sha256)), BlobFolder, thorough);
        }

        return history with { BadBlobs = bad, Submits = submits, Followed = followed, Journal = journal };
    }

    /// <summary>The job table alone.</summary>
    public async Task<IReadOnlyList<JobFact>> JobsAsync()
    {
        await using var connection = database.Connect();
        await connection.OpenAsync();
        return await HistoryReader.JobsAsync(connection);
    }

    /// <summary>Lets every process die and no other start.</summary>
    public async Task StopAsync()
    {
        foreach (var slot in Slots)
        {
            slot.Stop();
        }

        await Task.WhenAll(keeping);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Client.Dispose();
        await database.DisposeAsync();
    }

    private HostSlot Slot(string role, string url)
    {
        string[] settings =
        [
            $"--Crescent:DataFolder={DataFolder}",
            $"--Crescent:Worker:Lease={Lease}",
            "--Crescent:Worker:HeartbeatInterval=00:00:00.200",
            "--Crescent:Worker:SnapshotInterval=00:00:00.050",
            "--Crescent:Worker:PollInterval=00:00:00.050",
            "--Crescent:Worker:Slots=2",
            "--Crescent:MinimumFreeMebibytes=0",
            "--Crescent:Log:Console=false",
            $"--Crescent:Log:File={Path.Combine(folder, $"{role}-{new Uri(url).Port.ToString(CultureInfo.InvariantCulture)}.log")}",
            .. database.Settings,
        ];
        return new HostSlot(role, url, settings, Plan, died);
    }

    /// <summary>The faults of the next process: in turn a kill at each of its role's writes, and a little noise on every call.</summary>
    private FaultPlan Plan(string role)
    {
        lock (gate)
        {
            started++;
            var points = role == "control" ? ControlPoints : ComputePoints;
            var seed = random.NextUInt32();
            return !Disturbed ? new FaultPlan(seed, null, 0, 0, 0, 0, folder)
                : new FaultPlan(seed, points[started % points.Length], 1 + random.NextInt(role == "control" ? 5 : 8), Lose: 0.01, Fail: 0.01, Slow: 0.01, folder);
        }
    }
}
