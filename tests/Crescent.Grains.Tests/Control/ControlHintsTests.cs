using Crescent.Grains.Control;

namespace Crescent.Grains.Tests.Control;

public sealed class ControlHintsTests
{
    [Fact]
    public async Task Wait_WokenBefore_ReturnsAtOnceAndOnce()
    {
        using var hints = new ControlHints();
        hints.Wake();
        hints.Wake();

        await hints.WaitAsync(Timeout.InfiniteTimeSpan, TimeProvider.System, CancellationToken.None);
        var second = hints.WaitAsync(Timeout.InfiniteTimeSpan, TimeProvider.System, CancellationToken.None);

        Assert.False(second.IsCompleted);
        hints.Wake();
        await second;
    }

    [Fact]
    public async Task Wait_NobodyCalls_ReturnsAfterTheTime()
    {
        using var hints = new ControlHints();

        await hints.WaitAsync(TimeSpan.FromMilliseconds(1), TimeProvider.System, CancellationToken.None);
    }

    [Fact]
    public async Task Wait_Cancelled_Throws()
    {
        using var hints = new ControlHints();
        using var stop = new CancellationTokenSource();
        var waiting = hints.WaitAsync(Timeout.InfiniteTimeSpan, TimeProvider.System, stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task Queued_TellsWorkersAndWakesTheLoop()
    {
        using var hints = new ControlHints();
        var told = 0;
        hints.JobsQueued += () => told++;

        hints.Queued();

        Assert.Equal(1, told);
        await hints.WaitAsync(Timeout.InfiniteTimeSpan, TimeProvider.System, CancellationToken.None);
    }
}
