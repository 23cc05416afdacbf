using Crescent.Chaos.Histories;

namespace Crescent.Chaos.Cluster;

/// <summary>Measures how long a job stands still when its worker is killed while others have room.</summary>
internal static class Takeover
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Kills the worker of a running job and waits until another has it; null when no job runs or its end came first.</summary>
    public static async Task<TimeSpan?> MeasureAsync(ChaosCluster cluster)
    {
        var running = (await cluster.JobsAsync()).Where(job => job.Phase == "running").ToList();
        foreach (var slot in cluster.Slots.Where(slot => slot.Role == "compute" && slot.IsReady))
        {
            if (running.FirstOrDefault(job => slot.Owns(job.Owner)) is { } job)
            {
                slot.Kill();
                return await WaitAsync(cluster, job, TimeProvider.System.GetTimestamp());
            }
        }

        return null;
    }

    private static async Task<TimeSpan?> WaitAsync(ChaosCluster cluster, JobFact killed, long at)
    {
        while (TimeProvider.System.GetElapsedTime(at) < Patience)
        {
            var job = (await cluster.JobsAsync()).First(job => job.Id == killed.Id);
            if (job.Epoch > killed.Epoch)
            {
                return TimeProvider.System.GetElapsedTime(at);
            }

            if (job.Phase != "running" && job.Phase != "queued")
            {
                return null;
            }

            await Task.Delay(LookEvery);
        }

        return Patience;
    }
}
