using System.Text.Json;
using System.Text.Json.Nodes;
using Crescent.Abstractions.Experiments;
using Crescent.Grains.Experiments;
using Crescent.Grains.Tests.Hosting;
using Crescent.Kernels.Jobs;
using Crescent.Storage.Experiments;

namespace Crescent.Grains.Tests.Experiments;

/// <summary>One event for each (experiment, sequence), whenever the process dies around the append that follows a stored decision.</summary>
public sealed class EventLogTests : IDisposable
{
    private const string Id = "e1";
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <param name="landed">True: the process dies after the append and before it is struck off; false: between the write of the grain's state and the append.</param>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Append_ProcessDiesAroundIt_EveryEventIsThereOnce(bool landed)
    {
        // Each process dies a little later in its life than the one before: at every kind of event that the log has.
        for (var append = 1; append <= 5; append++)
        {
            await using var mortal = await GrainHost.StartAsync(folder.Path);
            if (await HasSucceededAsync(mortal))
            {
                break;
            }

            await LiveUntilAppendAsync(mortal, append, landed);
        }

        await using var last = await GrainHost.StartAsync(folder.Path);
        if (!await HasSucceededAsync(last))
        {
            await new TestWorker(last).UntilAsync(Id, Phases.Succeeded);
        }

        var events = await last.Experiments.EventsAsync(Id, 0, 10_000);
        Assert.Equal(Enumerable.Range(1, events.Count).Select(n => (long)n), events.Select(happened => happened.Sequence));
        Assert.Equal(events.Count, (await last.Experiments.FindAsync(Id))!.LastSequence);
        Assert.Equal(events.Select(happened => (happened.Type, happened.Payload)), Replayed(events));
    }

    /// <summary>The last append may be the one that a process died over.</summary>
    private static async Task<bool> HasSucceededAsync(GrainHost host) => await host.Experiments.FindAsync(Id) is { Phase: Phases.Succeeded };

    /// <summary>From the death on this process writes nothing to the log.</summary>
    private static async Task LiveUntilAppendAsync(GrainHost host, int append, bool landed)
    {
        var died = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var appends = 0;
        bool Dies(string id) => id == Id && (died.Task.IsCompleted || (Interlocked.Increment(ref appends) >= append && died.TrySetResult()));
        host.Experiments.Fails = id => landed ? died.Task.IsCompleted : Dies(id);
        host.Experiments.LosesAnswer = id => landed && Dies(id);
        if (await host.Experiments.FindAsync(Id) is null)
        {
            await host.SubmitAsync(Id, Specs.Small);
        }

        host.Hints.Wake();
        await new TestWorker(host).UntilAsync(Task.WhenAny(died.Task, host.Experiments.ReachedAsync(Id, Phases.Succeeded)));
    }

    /// <summary>What the plan decides when it gets the logged inputs again.</summary>
    private static List<(string Type, string Payload)> Replayed(IReadOnlyList<ExperimentEvent> events)
    {
        var state = new ExperimentState();
        List<(string, string)> replayed = [];
        foreach (var cause in events.Select(happened => JsonNode.Parse(happened.Payload)!["cause"]).OfType<JsonNode>())
        {
            var decision = ExperimentPlan.Next(Specs.Small, state, cause.Deserialize<ExperimentInput>(JobJson.Options)!);
            state = decision.State;
            replayed.AddRange(decision.Events.Select(happened => (happened.Type, happened.Payload)));
        }

        return replayed;
    }
}
