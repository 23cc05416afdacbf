using Crescent.Server.Hosting;
using Crescent.Storage.Jobs;

namespace Crescent.Server.Workers;

/// <summary>Whether the processes of an installation run the same kernels: a worker claims only jobs made for its own code, and a snapshot is never continued by another.</summary>
internal static class WorkerCode
{
    /// <summary>What is wrong from this process's side, and the cure; null: nothing.</summary>
    public static string? Problem(WorkerStatus self, IReadOnlyList<WorkerStatus> all, DateTimeOffset now)
    {
        var others = all.Where(worker => worker.Name != self.Name && worker.IsLive(now) && worker.State == WorkerState.Active).ToList();
        if (!self.Roles.Contains(ServerOptions.ControlRole))
        {
            return others.FirstOrDefault(other => other.Roles.Contains(ServerOptions.ControlRole) && other.CodeHash != self.CodeHash) is { } control
                ? $"This worker has the kernels {Short(self)}, the control process {control.Name} makes jobs for {Short(control)}: it claims none of them. Start both in the same version of Crescent."
                : null;
        }

        var workers = others.Append(self).Where(worker => worker.Slots > 0).ToList();
        return workers.Any(worker => worker.CodeHash == self.CodeHash) ? null
            : workers.Count == 0 ? "No worker is alive: jobs wait. Start one: crescent worker run."
            : $"No live worker has the kernels {Short(self)} that this process makes jobs for: they wait. There are {string.Join(", ", workers.Select(worker => $"{worker.Name} with {Short(worker)}"))}. Start workers in this version of Crescent.";
    }

    private static string Short(WorkerStatus worker) => worker.CodeHash[..Math.Min(12, worker.CodeHash.Length)];
}
