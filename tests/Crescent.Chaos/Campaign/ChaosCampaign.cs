using System.Globalization;
using Crescent.Chaos.Cluster;
using Crescent.Chaos.Histories;
using Crescent.Kernels.Randomness;

namespace Crescent.Chaos.Campaign;

/// <param name="Databases"><c>sqlite</c>, <c>postgres</c>: rounds take them in turn.</param>
/// <param name="KillsInRound">Kills after which a cluster is left alone and checked.</param>
/// <param name="Lanes">Rounds at a time.</param>
public sealed record ChaosOptions(int Kills, ulong Seed, IReadOnlyList<string> Databases, int KillsInRound = 50, int Experiments = 6, int Lanes = 2);

/// <summary>Round after round until there were enough kills.</summary>
public sealed class ChaosCampaign(ChaosOptions options, Action<string> tell)
{
    private readonly ChaosTally tally = new();
    private readonly List<Breach> breaches = [];
    private readonly Lock gate = new();
    private readonly IReadOnlyList<string> specs = [ChaosSpec.Brief(1), .. Enumerable.Range(1, options.Experiments - 1).Select(seed => seed == 1 ? ChaosSpec.Brief(seed, "[0, 3, 6, 8]") : ChaosSpec.Brief(seed))];
    private (int Rounds, int Experiments, int Artifacts, int Looks, int Events) checkedSoFar;
    private int begun;

    /// <summary>What was found, in words; null when every promise was kept.</summary>
    public string? Failure
    {
        get
        {
            lock (gate)
            {
                return breaches.Count == 0 ? null : string.Join('\n', breaches.Take(20));
            }
        }
    }

    /// <summary>What was done, in one line.</summary>
    public string Summary
    {
        get
        {
            var takeovers = tally.Takeovers;
            var times = takeovers.Count == 0 ? "none measured" : string.Create(CultureInfo.InvariantCulture, $"{takeovers.Count} measured, median {takeovers[takeovers.Count / 2].TotalSeconds:0.00} s, longest {takeovers[^1].TotalSeconds:0.00} s, lease {ChaosCluster.Lease.TotalSeconds:0} s");
            return $"{tally.Kills} kills (seed {options.Seed}) in {checkedSoFar.Rounds} rounds on {string.Join(" and ", options.Databases)}: {tally}; checked: {checkedSoFar.Experiments} experiments, {checkedSoFar.Events} events, {checkedSoFar.Artifacts} artifacts, {checkedSoFar.Looks} looks under way; "
                + $"from a worker's death to its job elsewhere: {times}; chaos: {(breaches.Count == 0 ? "passed" : "FAILED")}";
        }
    }

    /// <returns>True when every promise was kept.</returns>
    public async Task<bool> RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("crescent-chaos-").FullName;
        var undisturbed = await UndisturbedAsync(Path.Combine(folder, "undisturbed"));
        await Task.WhenAll(Enumerable.Range(0, options.Lanes).Select(_ => LaneAsync(folder, undisturbed)));
        if (breaches.Count == 0)
        {
            Directory.Delete(folder, recursive: true);
        }
        else
        {
            tell($"evidence: {folder}");
        }

        return breaches.Count == 0;
    }

    private async Task LaneAsync(string folder, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> undisturbed)
    {
        while (Failure is null && tally.Kills < options.Kills)
        {
            await RoundAsync(folder, Interlocked.Increment(ref begun), undisturbed);
        }
    }

    /// <summary>What each spec gives when nobody disturbs it.</summary>
    private async Task<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>> UndisturbedAsync(string folder)
    {
        var began = TimeProvider.System.GetTimestamp();
        await using var cluster = ChaosCluster.Start(new SqliteChaosDatabase(ChaosCluster.DataFolderOf(folder)), folder, Random(0), disturbed: false);
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        await Task.WhenAll(specs.Select(async (spec, i) => await cluster.Client.FollowAsync(await cluster.Client.SubmitAsync(spec, $"key-{i}", patience.Token), patience.Token)));
        var history = await cluster.ReadAsync(thorough: true);
        breaches.AddRange(HistoryChecker.CheckAtRest(history, new Dictionary<string, IReadOnlyDictionary<string, string>>()));
        var results = history.Submits.DistinctBy(submit => submit.Spec).ToDictionary(submit => submit.Spec, submit => HistoryChecker.ResultsOf(history, submit.Experiment));
        tell(string.Create(CultureInfo.InvariantCulture, $"undisturbed: {specs.Count} experiments, {results.Values.Sum(result => result.Count)} artifacts, {TimeProvider.System.GetElapsedTime(began).TotalSeconds:0} s"));
        return results;
    }

    private async Task RoundAsync(string parent, int number, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> undisturbed)
    {
        var began = TimeProvider.System.GetTimestamp();
        var folder = Path.Combine(parent, string.Create(CultureInfo.InvariantCulture, $"round-{number}"));
        var own = new ChaosTally(tally);
        IChaosDatabase database = options.Databases[number % options.Databases.Count] == "postgres" ? await PostgresChaosDatabase.CreateAsync() : new SqliteChaosDatabase(ChaosCluster.DataFolderOf(folder));
        await using var cluster = ChaosCluster.Start(database, folder, Random(2 * number), disturbed: true, point => own.Kill($"after {point}"));
        using var round = new Round(cluster, specs, Random((2 * number) + 1), own);
        var result = await round.RunAsync(Math.Min(options.KillsInRound, options.Kills - tally.Kills), undisturbed);
        Note(result, string.Create(CultureInfo.InvariantCulture, $"round {number} ({database.Name}) {own.Kills} kills, {TimeProvider.System.GetElapsedTime(began).TotalSeconds:0} s, {result.History.Experiments.Count} experiments, {result.Breaches.Count} breaches"));
        if (result.Breaches.Count == 0)
        {
            await cluster.StopAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    private void Note(RoundResult result, string line)
    {
        lock (gate)
        {
            breaches.AddRange(result.Breaches);
            checkedSoFar = (checkedSoFar.Rounds + 1, checkedSoFar.Experiments + result.History.Experiments.Count, checkedSoFar.Artifacts + result.History.Artifacts.Count, checkedSoFar.Looks + result.Looks, checkedSoFar.Events + result.History.Events.Count);
        }

        tell(string.Create(CultureInfo.InvariantCulture, $"{tally.Kills} of {options.Kills} kills; {line}"));
        foreach (var breach in result.Breaches.Take(10))
        {
            tell($"  {breach}");
        }
    }

    private RandomStream Random(int stream) => new(new RandomKey(options.Seed, (RandomPurpose)uint.MaxValue, (uint)stream));
}
