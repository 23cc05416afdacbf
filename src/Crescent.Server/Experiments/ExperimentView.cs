using System.Text.Json;
using Crescent.Abstractions.Experiments;
using Crescent.Kernels.Jobs;
using Crescent.Storage.Experiments;
using Crescent.Storage.Jobs;

namespace Crescent.Server.Experiments;

/// <summary>An experiment in a list.</summary>
/// <param name="Phase">pending, running, pausing, paused, cancelling, cancelled, succeeded, failed.</param>
/// <param name="ElapsedSeconds">From its start to its end, or to now.</param>
/// <param name="Origin">The checkpoint that it was forked from; null: it trains its own base.</param>
public sealed record ExperimentSummary(
    string Id, string Name, string Question, string Phase, string? Error, string SpecHash, DateTimeOffset CreatedAt, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, double? ElapsedSeconds, ExperimentOrigin? Origin = null)
{
    internal static ExperimentSummary From(ExperimentRow row, DateTimeOffset now) => new(
        row.Id, row.Name, row.Question, row.Phase, row.Error, row.SpecHash, row.CreatedAt, row.StartedAt, row.FinishedAt, row.StartedAt is { } start ? Seconds((row.FinishedAt ?? now) - start) : null,
        row.Origin is { } origin ? JobJson.Read<ExperimentOrigin>(origin) : null);

    private static double Seconds(TimeSpan span) => Math.Round(span.TotalSeconds, 1);
}

/// <param name="NextCursor">Hand it to the next request; null on the last page.</param>
public sealed record ExperimentList(IReadOnlyList<ExperimentSummary> Experiments, string? NextCursor);

/// <summary>An experiment with its runs.</summary>
/// <param name="LastSequence">Sequence of the last event; follow from there with <c>Last-Event-ID</c>.</param>
/// <param name="Warning">What keeps the server from getting on with it, and the cure: a full disk; null when nothing does.</param>
public sealed record ExperimentView(ExperimentSummary Experiment, long LastSequence, IReadOnlyList<RunView> Runs, string? Warning = null)
{
    internal static ExperimentView From(ExperimentRow row, IReadOnlyList<RunRow> runs, IReadOnlyDictionary<string, JobWait> waits, DateTimeOffset now, string? warning) =>
        new(ExperimentSummary.From(row, now), row.LastSequence, [.. runs.Select(run => RunView.From(run, run.JobKey is { } job ? waits.GetValueOrDefault(job) : null))], warning);
}

/// <param name="Run">Id within the experiment: <c>recovery/300</c>.</param>
/// <param name="Cached">True when its job was done already: reused from the work cache.</param>
/// <param name="Attempts">Claims of its job so far.</param>
/// <param name="ResumedFrom">Step of the snapshot that the running attempt started from; null: from zero.</param>
/// <param name="Summary">The payload of its last outcome.</param>
/// <param name="Wait">Why its job, which is queued, does not run; null when it is not queued.</param>
public sealed record RunView(
    string Run,
    string Kind,
    string Title,
    string Phase,
    bool Cached,
    string? Error,
    RunProgress? Progress,
    int Attempts,
    long Epoch,
    int? SnapshotStep,
    int? ResumedFrom,
    string? JobKey,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt,
    JsonElement? Summary,
    RunWait? Wait = null)
{
    internal static RunView From(RunRow row, JobWait? wait) => new(
        ShortId(row),
        row.Kind,
        row.Title,
        row.Phase,
        row.Cached,
        row.Error ?? row.Job?.Failure?.Message,
        RunProgress.From(row.Job),
        row.Job?.Attempts ?? 0,
        row.Job?.Epoch ?? 0,
        row.Job?.SnapshotStep,
        row.Job?.ResumedFrom,
        row.JobKey,
        row.StartedAt,
        row.FinishedAt,
        row.Summary is { } summary ? JsonSerializer.Deserialize<JsonElement>(summary) : null,
        wait is null ? null : new RunWait(JsonNamingPolicy.KebabCaseLower.ConvertName(wait.Reason.ToString()), wait.Message, wait.Until));

    internal static string ShortId(RunRow row) => row.RunId[(row.ExperimentId.Length + 1)..];
}

/// <param name="Reason"><c>not-before</c>, <c>no-worker</c>, <c>no-worker-with-code</c>, <c>no-worker-with-capability</c>, <c>study-limit</c>, <c>busy</c>, <c>starting</c>.</param>
/// <param name="Message">What is missing, and what would help.</param>
public sealed record RunWait(string Reason, string Message, DateTimeOffset? Until);

/// <param name="State">State of the job behind the run: queued, running, parked, succeeded, failed.</param>
/// <param name="Rate">Units per second, lately.</param>
/// <param name="RemainingSeconds">At that rate; null while unknown or not running.</param>
/// <param name="Note">The latest figures: <c>loss 0.412</c>.</param>
public sealed record RunProgress(string State, long Done, long Total, string Unit, double? Rate, double? RemainingSeconds, string? Note)
{
    internal static RunProgress? From(JobView? job)
    {
        if (job is null)
        {
            return null;
        }

        var state = JsonNamingPolicy.KebabCaseLower.ConvertName(job.Phase.ToString());
        if (job.Progress is not { } progress)
        {
            return new RunProgress(state, 0, 0, "", null, null, null);
        }

        // The last heartbeat before the end may lag behind it.
        var done = job.Phase == JobPhase.Succeeded ? progress.Total : progress.Done;
        double? remaining = job.Phase == JobPhase.Running && progress.Rate is > 0 ? Math.Round(Math.Max(0, progress.Total - done) / progress.Rate.Value, 1) : null;
        return new RunProgress(state, done, progress.Total, progress.Unit, progress.Rate, remaining, progress.Note);
    }
}

/// <summary>One line of an experiment's event log.</summary>
public sealed record EventView(long Sequence, string Type, DateTimeOffset At, JsonElement Payload)
{
    internal static EventView From(ExperimentEvent entry) => new(entry.Sequence, entry.Type, entry.At, JsonSerializer.Deserialize<JsonElement>(entry.Payload));
}

internal static class ExperimentPhases
{
    public static bool IsTerminal(string phase) => phase is "succeeded" or "failed" or "cancelled";
}
