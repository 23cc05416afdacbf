using Crescent.Kernels.Jobs;
using Crescent.Storage.Sql;

namespace Crescent.Storage.Jobs;

/// <summary>The registry of workers.</summary>
public partial class SqlJobQueue
{
    public Task BeatAsync(WorkerStatus worker, CancellationToken cancellation = default) =>
        database.WriteAsync(
            session =>
            {
                var now = clock.GetUtcNow();
                session.Execute($"""
                    INSERT INTO worker (name, host, roles, slots, busy, state, code_hash, kinds, capabilities, started_at, heartbeat_at)
                    VALUES ({worker.Name}, {worker.Host}, {JobJson.Write(worker.Roles)}, {worker.Slots}, {worker.Busy}, {State(worker.State)}, {worker.CodeHash}, {JobJson.Write(worker.Kinds)}, {JobJson.Write(worker.Capabilities)}, {worker.StartedAt}, {now})
                    ON CONFLICT (name) DO UPDATE SET
                        host = excluded.host, roles = excluded.roles, slots = excluded.slots, busy = excluded.busy, state = excluded.state, code_hash = excluded.code_hash, kinds = excluded.kinds,
                        capabilities = excluded.capabilities, started_at = excluded.started_at, heartbeat_at = excluded.heartbeat_at
                    """);
                session.Execute($"DELETE FROM worker WHERE heartbeat_at <= {now - WorkerStatus.ForgottenAfter}");
            },
            cancellation);

    public Task RemoveAsync(string name, CancellationToken cancellation = default) => database.WriteAsync(session => session.Execute($"DELETE FROM worker WHERE name = {name}"), cancellation);

    public Task<IReadOnlyList<WorkerStatus>> WorkersAsync(CancellationToken cancellation = default) =>
        database.ReadAsync<IReadOnlyList<WorkerStatus>>(
            session => session.Query(
                $"""
                SELECT name, host, roles, slots, busy, state, code_hash, kinds, capabilities, started_at, heartbeat_at FROM worker
                WHERE heartbeat_at > {clock.GetUtcNow() - WorkerStatus.ForgottenAfter} ORDER BY name
                """,
                row => new WorkerStatus(
                    row.Text(0), row.Text(1), row.Json<List<string>>(2), row.Number(3), row.Number(4), row.Text(5) == "draining" ? WorkerState.Draining : WorkerState.Active, row.Text(6), row.Json<List<string>>(7),
                    row.Json<WorkerCapabilities>(8)) { StartedAt = row.Time(9), LastHeartbeat = row.Time(10) }),
            cancellation);

    private static string State(WorkerState state) => state == WorkerState.Draining ? "draining" : "active";
}
