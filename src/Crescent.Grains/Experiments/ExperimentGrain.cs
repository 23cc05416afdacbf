using System.Text.Json.Nodes;
using Crescent.Abstractions.Experiments;
using Crescent.Abstractions.Runs;
using Crescent.Grains.Control;
using Crescent.Grains.Jobs;
using Crescent.Grains.Runs;
using Crescent.Grains.State;
using Crescent.Kernels.Jobs;
using Crescent.Storage.Experiments;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;

namespace Crescent.Grains.Experiments;

/// <summary>
/// The shell around <see cref="ExperimentPlan"/>: stores each decision, then carries it out. Two things happen at a time at most: one method that carries out, and reports that interleave with it (a run that is being called may be reporting).
/// Decisions are therefore made one at a time, behind <see cref="deciding"/>, which is never held during a call to a run.
/// </summary>
[GrainType("experiment")]
public sealed partial class ExperimentGrain(
    [PersistentState("experiment", RunGrain.Storage)] IPersistentState<ExperimentRecord> record,
    IExperimentStore store,
    IExperimentRequests requests,
    JobCode code,
    ControlHints hints,
    TimeProvider time,
    ILogger<ExperimentGrain> logger) : Grain, IExperimentGrain, IDisposable
{
    private readonly SemaphoreSlim deciding = new(1, 1);
    private readonly Dictionary<string, ExperimentSpec> specs = new(StringComparer.Ordinal);
    private ExperimentRow? submitted;

    private string Id => this.GetPrimaryKeyString();

    /// <summary>The spec in force; an extension replaces it.</summary>
    private ExperimentSpec Spec => specs[SpecHash];

    private string SpecHash => record.State.State.SpecHash ?? submitted!.SpecHash;

    public Task StartAsync(CancellationToken cancellation = default) => ActAsync(new StartRequested(time.GetUtcNow(), ExperimentPlan.Version), cancellation);

    public async Task<bool> ReportAsync(RunReport report, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(report);
        await LoadAsync(cancellation);
        var run = report.RunId[(Id.Length + 1)..];
        await DecideAsync(new RunReported(time.GetUtcNow(), run, report));
        hints.Wake();
        return ExperimentPlan.Wants(record.State.State, run, report);
    }

    public async Task ReconcileAsync(CancellationToken cancellation = default)
    {
        await ActAsync(record.State.State.Phase == Phases.Pending ? new StartRequested(time.GetUtcNow(), ExperimentPlan.Version) : new CodeChanged(time.GetUtcNow(), code.Hash), cancellation);
        foreach (var request in await requests.OpenAsync(Id, cancellation))
        {
            await TakeInAsync(request, cancellation);
        }
    }

    public async Task<CheckpointFound?> FindCheckpointAsync(string name, CancellationToken cancellation = default)
    {
        await LoadAsync(cancellation);
        var state = record.State.State;
        return PlannedRuns.Find(Spec, name) is { } source && state.Runs.Count > 0 && RunReadiness.Checkpoint(source, state.Runs, state.BestStep) is { } sha256
            ? new CheckpointFound(CheckpointSelector.Normal(Spec, name), source.Run, sha256)
            : null;
    }

    public void Dispose() => deciding.Dispose();

    private async Task ActAsync(ExperimentInput input, CancellationToken cancellation)
    {
        await LoadAsync(cancellation);
        if (input is not CodeChanged changed || changed.Code != record.State.Code)
        {
            if (input is CodeChanged)
            {
                LogCodeChanged(Id, record.State.Code, code.Hash);
            }

            await DecideAsync(input);
        }

        await AppendAsync();
        await CarryOutAsync();
        await AppendAsync();
    }

    /// <summary>Decides on a request and settles it. Settled comes after the log, whose rows say that there is something to do: an experiment that had ended is driven again whatever happens in between.</summary>
    private async Task TakeInAsync(RequestRow request, CancellationToken cancellation)
    {
        string? refusal;
        try
        {
            refusal = await DecideAsync(await InputAsync(request, cancellation));
        }
        catch (CrescentException e) when (e.Code == "spec-invalid")
        {
            refusal = e.Message;
        }

        await AppendAsync();
        await requests.SettleAsync(Id, request.Number, refusal, cancellation);
        await CarryOutAsync();
        await AppendAsync();
    }

    private async Task<ExperimentInput> InputAsync(RequestRow request, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        return request.Verb switch
        {
            RequestVerbs.Pause => new PauseRequested(now, request.Number),
            RequestVerbs.Resume => new ResumeRequested(now, request.Number),
            RequestVerbs.Cancel => new CancelRequested(now, request.Number),
            RequestVerbs.Retry => new RetryRequested(now, request.Number),
            RequestVerbs.Extend => new ExtendRequested(now, request.Number, await ExtendSpecAsync(request.Body, cancellation)),
            _ => throw new InvalidOperationException($"Request {request.Number} of {Id} has the unknown verb '{request.Verb}'."),
        };
    }

    /// <summary>Extends the spec in force, and stores the outcome before the plan knows it.</summary>
    private async Task<string> ExtendSpecAsync(string document, CancellationToken cancellation)
    {
        var extended = ExperimentExtension.Apply(Spec, JsonNode.Parse(document));
        var hash = ExperimentSpecReader.Hash(extended);
        await requests.StoreSpecAsync(hash, ExperimentSpecReader.Write(extended), cancellation);
        specs[hash] = extended;
        return hash;
    }

    private async Task LoadAsync(CancellationToken cancellation)
    {
        submitted ??= await store.FindAsync(Id, cancellation) ?? throw new CrescentException("experiment-unknown", $"There is no experiment '{Id}'.");
        if (!specs.ContainsKey(SpecHash))
        {
            specs[SpecHash] = JobJson.Read<ExperimentSpec>(await store.ReadSpecAsync(SpecHash, cancellation));
        }
    }

    /// <summary>Lets the plan decide, and stores the decision with what it asks for.</summary>
    /// <returns>Why a request was refused.</returns>
    private async Task<string?> DecideAsync(ExperimentInput input, long? carriedOut = null)
    {
        await deciding.WaitAsync();
        try
        {
            var decision = ExperimentPlan.Next(input is ExtendRequested extend ? specs[extend.SpecHash] : Spec, record.State.State, input);
            var current = input is StartRequested or CodeChanged ? code.Hash : record.State.Code;
            if (decision.Changes || carriedOut is not null || record.State.Code != current)
            {
                await record.WriteAsync(record.State.After(decision, carriedOut) with { Code = current });
            }

            return decision.Refusal;
        }
        finally
        {
            deciding.Release();
        }
    }

    /// <summary>Hands the commands to the runs, in order for each run. One that fails is tried again by the next <see cref="ReconcileAsync"/>.</summary>
    private async Task CarryOutAsync()
    {
        var stuck = new HashSet<string>(StringComparer.Ordinal);
        while (record.State.Commands.FirstOrDefault(command => !stuck.Contains(command.Run)) is { } command)
        {
            try
            {
                await DecideAsync(await CarryOutAsync(command), command.Number);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                LogCommandFailed(e, command.Kind, Id, command.Run);
                stuck.Add(command.Run);
            }
        }
    }

    private async Task<ExperimentInput> CarryOutAsync(RunCommand command)
    {
        var run = GrainFactory.GetGrain<IRunGrain>($"{Id}/{command.Run}");
        if (command.Kind == RunCommandKind.Stop)
        {
            await run.StopAsync(command.Number);
            return new RunDetached(time.GetUtcNow(), command.Run, command.Number);
        }

        if (!record.State.State.Runs.Any(known => known.Name == command.Run && known.Command == command.Number && !Phases.IsTerminal(known.Phase)))
        {
            // The run has ended by a job that it still had, or has another command now: there is nothing to subscribe to.
            return new RunDetached(time.GetUtcNow(), command.Run, command.Number);
        }

        var started = await run.StartAsync(RunJob.Of(Spec, record.State.State, command) with { Study = submitted!.Study });
        return started switch
        {
            { JobKey: { } key } => new RunSubscribed(time.GetUtcNow(), command.Run, command.Number, key, started.Cached),
            { Retryable: true } => throw new CrescentException(started.ErrorCode ?? "start-failed", started.Error ?? string.Empty, retryable: true),
            _ => new RunRefused(time.GetUtcNow(), command.Run, command.Number, started.ErrorCode ?? "start-failed", started.Error ?? string.Empty),
        };
    }

    /// <summary>Appends what the log may not have yet, with the rows as they stand now, then forgets it.</summary>
    private async Task AppendAsync()
    {
        if (record.State is not { Events: [{ } first, ..] events, State: var state })
        {
            return;
        }

        await store.AppendAsync(ExperimentRows.Experiment(submitted!, state), ExperimentRows.Runs(Id, Spec, state, first.Sequence - 1), events);
        await deciding.WaitAsync();
        try
        {
            await record.WriteAsync(record.State with { Events = [.. record.State.Events.Where(pending => pending.Sequence > state.LastEvent)] });
        }
        finally
        {
            deciding.Release();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Experiment} was made for the kernels {Before}; this process has {Now}. Its unfinished runs are queued again for these and do not go on from snapshots of the others; to finish with the old ones, start the version that has them")]
    private partial void LogCodeChanged(string experiment, string? before, string now);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Could not {Kind} run {Run} of {Experiment}; tried again soon")]
    private partial void LogCommandFailed(Exception error, RunCommandKind kind, string experiment, string run);
}
