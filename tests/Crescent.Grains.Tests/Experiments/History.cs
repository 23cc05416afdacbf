using Crescent.Abstractions.Experiments;
using Crescent.Grains.Tests.Hosting;
using Crescent.Kernels.Jobs;
using Crescent.Storage.Experiments;

namespace Crescent.Grains.Tests.Experiments;

/// <summary>The event log of a real run, with the specs that were in force, as it is committed in <c>Histories</c>.</summary>
/// <param name="Submitted">Hash of the first spec.</param>
/// <param name="Specs">By hash, canonical JSON.</param>
internal sealed record History(string Submitted, IReadOnlyDictionary<string, string> Specs, IReadOnlyList<ExperimentEvent> Events)
{
    private const string Id = "e1";

    public static IReadOnlyList<string> Names { get; } = ["finished", "failed-retried", "paused-cancelled", "extended", "extended-in-place"];

    /// <summary>Runs an experiment on grains, store and queue, with a worker that commits at once.</summary>
    public static async Task<History> RecordAsync(string name, string folder)
    {
        await using var host = await GrainHost.StartAsync(folder);
        await host.SubmitAsync(Id, Specs0);
        await host.Experiment(Id).StartAsync();
        var worker = new TestWorker(host);
        switch (name)
        {
            case "failed-retried":
                await new TestWorker(host) { Fails = [JobKinds.Recovery] }.UntilAsync(Id, Phases.Failed);
                await host.RequestAsync(Id, RequestVerbs.Retry);
                await worker.UntilAsync(Id, Phases.Succeeded);
                break;
            case "paused-cancelled":
                await worker.WorkAsync();
                await host.RequestAsync(Id, RequestVerbs.Pause);
                await host.Experiments.ReachedAsync(Id, Phases.Paused);
                await host.RequestAsync(Id, RequestVerbs.Resume);
                await worker.WorkAsync();
                await host.RequestAsync(Id, RequestVerbs.Cancel);
                await host.Experiments.ReachedAsync(Id, Phases.Cancelled);
                break;
            case "extended" or "extended-in-place":
                await worker.UntilAsync(Id, Phases.Succeeded);
                await host.RequestAsync(Id, RequestVerbs.Extend, """{ "sft": { "checkpoints": [12] }, "recovery": { "from": [12] } }""");
                await worker.UntilAsync(Id, Phases.Succeeded);
                break;
            default:
                await worker.UntilAsync(Id, Phases.Succeeded);
                break;
        }

        var events = await host.Experiments.EventsAsync(Id, 0, 10_000);
        var submitted = ExperimentSpecReader.Hash(Specs0);
        var last = (await host.Experiments.FindAsync(Id))!.SpecHash;
        var specs = new Dictionary<string, string> { [submitted] = ExperimentSpecReader.Write(Specs0) };
        specs[last] = await host.Experiments.ReadSpecAsync(last);
        return new History(submitted, specs, events);
    }

    private static ExperimentSpec Specs0 => Experiments.Specs.Small;
}
