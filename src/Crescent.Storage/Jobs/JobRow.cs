using Crescent.Kernels.Jobs;
using Crescent.Storage.Sql;

namespace Crescent.Storage.Jobs;

/// <summary>A row of the view <c>job_status</c>.</summary>
internal sealed record JobRow(
    long Id, string Key, string Kind, JobPhase Phase, RetryPolicy Retry, int Subscribers, int Attempts, long Epoch, string? Owner, DateTimeOffset? LeaseUntil, bool Committed, int? ResumedFrom,
    JobProgress? Progress, int Outcomes, int Deliverable, JobFailure? Failure, int? SnapshotStep)
{
    public static JobRow? Find(SqlSession session, string key) => session.Find($"SELECT * FROM job_status WHERE key = {key}", row => Read(row));

    public static JobRow? Find(SqlSession session, long id) => session.Find($"SELECT * FROM job_status WHERE id = {id}", row => Read(row));

    /// <param name="first">The position of the view's first column.</param>
    public static JobRow Read(SqlRow row, int first = 0) => new(
        row.Large(first), row.Text(first + 1), row.Text(first + 2), ParsePhase(row.Text(first + 3)),
        new RetryPolicy(row.Number(first + 4)) { FirstBackoff = row.Duration(first + 19), LongestBackoff = row.Duration(first + 20) }, row.Number(first + 5), row.Number(first + 6), row.Large(first + 7),
        row.TextOrNull(first + 8), row.TimeOrNull(first + 9), row.Flag(first + 10), row.NumberOrNull(first + 11), row.JsonOrNull<JobProgress>(first + 12), row.Number(first + 13), row.Number(first + 14),
        row.TextOrNull(first + 15) is { } code ? new JobFailure(code, row.Text(first + 16), row.Flag(first + 17)) : null, row.NumberOrNull(first + 18));

    /// <summary>An attempt whose lease has expired is over, whether or not the queue has come by to note it: nobody sees a job run that no worker holds.</summary>
    public JobView View(bool hit, DateTimeOffset now) => Phase == JobPhase.Running && LeaseUntil <= now
        ? new(Key, Kind, Subscribers > 0 ? JobPhase.Queued : JobPhase.Parked, hit, Attempts, Epoch, null, Progress, SnapshotStep, null, Failure)
        : new(Key, Kind, Phase, hit, Attempts, Epoch, Owner, Progress, SnapshotStep, ResumedFrom, Failure);

    public static JobPhase ParsePhase(string phase) => phase switch
    {
        "queued" => JobPhase.Queued,
        "running" => JobPhase.Running,
        "parked" => JobPhase.Parked,
        "succeeded" => JobPhase.Succeeded,
        "failed" => JobPhase.Failed,
        _ => throw new CrescentException("storage-damaged", $"The database holds a job in the unknown phase '{phase}'."),
    };
}
