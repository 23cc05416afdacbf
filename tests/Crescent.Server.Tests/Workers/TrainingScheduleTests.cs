using Crescent.Server.Workers;
using Crescent.Storage.Jobs;
using FsCheck;
using FsCheck.Fluent;

namespace Crescent.Server.Tests.Workers;

/// <summary>Checkpoints of one training job, for whoever wants them whenever: the same bytes on every way, and no step trained that need not be.</summary>
public sealed class TrainingScheduleTests : IDisposable
{
    private static readonly string[] Runs = ["e1/sft", "e2/sft", "e3/sft"];
    private readonly TrainingBench bench = new();

    public void Dispose() => bench.Dispose();

    [Fact]
    public async Task Subscribe_OneMoreStepOfAFinishedJob_TrainsFromTheCheckpointBeforeToItAlone()
    {
        await bench.SubscribeAsync("e1/sft", 0, 3, 6, 8);
        await DrainAsync();
        Assert.Equal(TrainingBench.Steps, bench.Trained);

        await bench.SubscribeAsync("e2/sft", 0, 5, 8);
        await DrainAsync();

        Assert.Equal(TrainingBench.Steps + 2, bench.Trained);
        Assert.Equal(3, (await bench.Queue.AttemptsAsync(bench.Key))[^1].ResumedFrom);
    }

    [Fact]
    public async Task Subscribe_StepsFarApartOfAFinishedJob_AreEachMadeFromTheirOwnSnapshot()
    {
        await bench.SubscribeAsync("e1/sft", 0, 3, 6, 8);
        await DrainAsync();

        await bench.SubscribeAsync("e2/sft", 1, 7);
        await DrainAsync();

        Assert.Equal(TrainingBench.Steps + 2, bench.Trained);
    }

    [Fact]
    public async Task Subscribe_WhileTheJobRuns_AddsTheStepToIt()
    {
        await bench.SubscribeAsync("e1/sft", 0, 8);
        await bench.WorkAsync((boundary, lease) =>
        {
            if (boundary == 3)
            {
                bench.SubscribeAsync("e2/sft", 6, 8).GetAwaiter().GetResult();
                lease.RenewAsync(CancellationToken.None).GetAwaiter().GetResult();
            }
        });

        Assert.Equal(TrainingBench.Steps, bench.Trained);
        Assert.Contains(await bench.ToldAsync("e2/sft"), told => told.StartsWith("checkpoint-6.", StringComparison.Ordinal));
        Assert.Equal(JobPhase.Succeeded, (await bench.Queue.FindAsync(bench.Key))!.Phase);
    }

    [Fact]
    public async Task Work_KilledInTheMiddleOfAReplay_MakesTheSameCheckpoint()
    {
        var expected = await ReferenceAsync();
        bench.Code = "killed";
        await bench.SubscribeAsync("e1/sft", 0, 8);
        await DrainAsync();
        await bench.SubscribeAsync("e2/sft", 5, 8);
        await bench.WorkAsync((boundary, _) => KillAt(4, boundary));
        await DrainAsync();

        Assert.Equal([expected[0], expected[8], expected[^1], expected[5]], await bench.ToldAsync("e2/sft"));
    }

    [Fact]
    public async Task Work_AnySchedulesSubscribersAndInterruptions_GivesEverybodyTheSameBytes()
    {
        var expected = await ReferenceAsync();
        var number = 0;
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(40).WithEndSize(30),
            Prop.ForAll(Gen.Choose(0, 1_000_000).ArrayOf().ToArbitrary(), codes =>
            {
                bench.Code = $"case-{++number}";
                PlayAsync(codes, expected).GetAwaiter().GetResult();
            }));
    }

    /// <summary>What a run is told of a job of which every step was wanted from the start: the checkpoint of step n at n, then the completion.</summary>
    private async Task<IReadOnlyList<string>> ReferenceAsync()
    {
        bench.Code = "reference";
        await bench.SubscribeAsync("reference/sft", [.. Enumerable.Range(0, TrainingBench.Steps + 1)]);
        await DrainAsync();
        return await bench.ToldAsync("reference/sft");
    }

    private async Task PlayAsync(int[] codes, IReadOnlyList<string> expected)
    {
        var wanted = Runs.ToDictionary(run => run, _ => new HashSet<int>());
        var active = new HashSet<string>();
        foreach (var code in codes)
        {
            var (operation, rest) = (code % 6, code / 6);
            if (operation < 2)
            {
                await SubscribeAsync(rest);
            }
            else if (operation == 2)
            {
                var run = Runs[rest % Runs.Length];
                await (rest % 2 == 0 ? bench.Queue.UnsubscribeAsync(run) : bench.Queue.ForgetAsync(run));
                active.Remove(run);
            }
            else
            {
                await bench.WorkAsync((boundary, lease) => Disturb(boundary, rest, lease));
            }
        }

        await DrainAsync();
        foreach (var run in active)
        {
            var told = await bench.ToldAsync(run);
            Assert.All(told, outcome => Assert.Contains(outcome, expected));
            Assert.Equal(told.Distinct(), told);
            Assert.All(wanted[run].Append(TrainingBench.Steps + 1), step => Assert.Contains(expected[step], told));
        }

        if (active.Count > 0)
        {
            Assert.Equal(JobPhase.Succeeded, (await bench.Queue.FindAsync(bench.Key))!.Phase);
        }

        async Task SubscribeAsync(int rest)
        {
            var run = Runs[rest % Runs.Length];
            int[] steps = [.. Enumerable.Range(0, TrainingBench.Steps + 1).Where(step => (rest / Runs.Length >> step) % 2 == 1)];
            await bench.SubscribeAsync(run, steps);
            wanted[run].UnionWith(steps);
            active.Add(run);
        }

        void Disturb(int boundary, int rest, Lease lease)
        {
            if (boundary != 1 + (rest % 9))
            {
                return;
            }

            switch (rest / 9 % 4)
            {
                case 0:
                    throw new TrainingBench.KilledException();
                case 1:
                    lease.RequestStop();
                    break;
                case 2:
                    SubscribeAsync(rest / 36).GetAwaiter().GetResult();
                    lease.RenewAsync(CancellationToken.None).GetAwaiter().GetResult();
                    break;
                default:
                    // Comes, and the attempt does not hear of it.
                    SubscribeAsync(rest / 36).GetAwaiter().GetResult();
                    break;
            }
        }
    }

    private static void KillAt(int fatal, int boundary)
    {
        if (boundary == fatal)
        {
            throw new TrainingBench.KilledException();
        }
    }

    private async Task DrainAsync()
    {
        while (await bench.WorkAsync())
        {
        }
    }
}
