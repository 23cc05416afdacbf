using Crescent.Abstractions.Runs;
using Crescent.Grains.Tests.Hosting;
using Crescent.Kernels.Jobs;

namespace Crescent.Grains.Tests.Runs;

public sealed class RunGrainTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Start_Twice_GivesTheSameJob()
    {
        await using var host = await GrainHost.StartAsync(folder.Path);
        var run = host.Grains.GetGrain<IRunGrain>("e1/base");

        var (first, second) = (await run.StartAsync(Start(1)), await run.StartAsync(Start(1)));

        Assert.Equal(first, second);
        Assert.NotNull(first.JobKey);
    }

    [Fact]
    public async Task Start_OlderThanAStop_LeavesNoJob()
    {
        await using var host = await GrainHost.StartAsync(folder.Path);
        var run = host.Grains.GetGrain<IRunGrain>("e1/base");
        await run.StopAsync(2);

        await run.StartAsync(Start(1));

        Assert.Null(await new TestWorker(host).ClaimAsync());
    }

    [Fact]
    public async Task Stop_OlderThanAStart_ChangesNothing()
    {
        await using var host = await GrainHost.StartAsync(folder.Path);
        var run = host.Grains.GetGrain<IRunGrain>("e1/base");
        await run.StartAsync(Start(3));

        await run.StopAsync(2);

        Assert.NotNull(await new TestWorker(host).ClaimAsync());
    }

    private static RunStart Start(long command) => new(command, JobKinds.Report, "{}", [], 1);
}
