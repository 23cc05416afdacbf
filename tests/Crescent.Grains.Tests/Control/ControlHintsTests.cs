using Crescent.Grains.Control;
using Crescent.Storage.Jobs;

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
    public async Task Hints_OfTheQueue_RaiseJobsQueuedAndWakeTheLoopUntilDisposed()
    {
        var queue = new Queue();
        var hints = new ControlHints(queue);
        var raised = 0;
        hints.JobsQueued += () => raised++;

        queue.Queued!();
        Assert.Equal(1, raised);
        queue.Told!();
        await hints.WaitAsync(Timeout.InfiniteTimeSpan, TimeProvider.System, CancellationToken.None);

        var late = queue.Told;
        hints.Dispose();
        Assert.Null(queue.Queued);
        Assert.Null(queue.Told);
        late();
    }

    private sealed class Queue : IJobHints
    {
        public Action? Queued { get; private set; }

        public Action? Told { get; private set; }

        public IDisposable OnQueued(Action wake)
        {
            Queued = wake;
            return new End(() => Queued = null);
        }

        public IDisposable OnTold(Action wake)
        {
            Told = wake;
            return new End(() => Told = null);
        }

        private sealed class End(Action end) : IDisposable
        {
            public void Dispose() => end();
        }
    }
}
