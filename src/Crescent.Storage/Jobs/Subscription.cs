using Crescent.Storage.Sql;

namespace Crescent.Storage.Jobs;

/// <summary>A run's subscription to its job, as stored.</summary>
internal sealed record Subscription(long JobId, bool Active, bool Hit, int Acknowledged, bool FailureAcknowledged)
{
    public static Subscription? Find(SqlSession session, string runId) => session.Find(
        $"SELECT job_id, active, hit, acknowledged, failure_acknowledged FROM job_subscription WHERE run_id = {runId}",
        row => new Subscription(row.Large(0), row.Flag(1), row.Flag(2), row.Number(3), row.Flag(4)));
}
