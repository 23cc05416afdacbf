using Crescent.Kernels.Jobs;
using Crescent.Storage.Sql;

namespace Crescent.Storage.Jobs;

/// <summary>The schedule of a job as stored.</summary>
/// <param name="Wanted">By active subscribers.</param>
/// <param name="Committed">Steps whose checkpoint is there.</param>
/// <param name="Withheld">Steps whose checkpoint was found damaged: nothing after it is delivered before it is made again.</param>
/// <param name="Snapshots">Steps of the snapshots.</param>
/// <param name="Completed">The end was reached.</param>
internal sealed record JobSchedule(IReadOnlyList<int> Wanted, IReadOnlyList<int> Committed, IReadOnlyList<int> Withheld, IReadOnlyList<int> Snapshots, bool Completed)
{
    public IReadOnlyList<int> Missing { get; } = [.. Wanted.Except(Committed).Union(Withheld).Order()];

    /// <summary>Nothing is left to do for anybody.</summary>
    public bool IsMet => Completed && Missing.Count == 0;

    /// <summary>The last step that the next attempt may begin at: before its end a job goes on from its latest snapshot, after it from the one nearest to the first missing step.</summary>
    public int LatestStart => Completed && Missing.Count > 0 ? Missing[0] : int.MaxValue;

    /// <param name="run">Counted as a subscriber whether or not it is one yet.</param>
    public static JobSchedule Read(SqlSession session, long jobId, string run = "")
    {
        var wanted = session.Query(
            $"SELECT DISTINCT w.step FROM job_wanted w LEFT JOIN job_subscription s ON s.run_id = w.run_id AND s.job_id = w.job_id WHERE w.job_id = {jobId} AND (s.active OR w.run_id = {run}) ORDER BY w.step",
            row => row.Number(0));
        var outcomes = session.Query($"SELECT kind, step, withheld FROM job_outcome WHERE job_id = {jobId} ORDER BY step", row => (Kind: row.Text(0), Step: row.Number(1), Withheld: row.Flag(2)));
        var checkpoints = outcomes.Where(outcome => outcome.Kind == OutcomeKinds.Checkpoint).ToLookup(outcome => outcome.Withheld, outcome => outcome.Step);
        var snapshots = session.Query($"SELECT step FROM job_snapshot WHERE job_id = {jobId} ORDER BY step", row => row.Number(0));
        return new JobSchedule(wanted, [.. checkpoints[false]], [.. checkpoints[true]], snapshots, outcomes.Exists(outcome => outcome is { Kind: OutcomeKinds.Completed, Withheld: false }));
    }

    /// <summary>What an attempt is to know of it.</summary>
    /// <param name="position">The step that it began at, or of its last snapshot.</param>
    public CheckpointSchedule From(int position)
    {
        var next = Completed ? Snapshots.Where(step => step > position).DefaultIfEmpty(int.MaxValue).First() : int.MaxValue;
        return new CheckpointSchedule([.. Wanted.Union(Committed).Union(Withheld).Order()], [.. Missing.Where(step => !Completed || (step >= position && step < next))], Completed);
    }
}
