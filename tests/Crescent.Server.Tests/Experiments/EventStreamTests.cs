using System.Text;
using Crescent.Server.Experiments;
using Crescent.Storage.Experiments;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Crescent.Server.Tests.Experiments;

public sealed class EventStreamTests(ServerBench server) : IClassFixture<ServerBench>
{
    [Fact]
    public async Task Write_NothingHappens_KeepsTheConnectionAliveWithComments()
    {
        var row = new ExperimentRow("e1", "silent", "?", "h", "running", DateTimeOffset.UnixEpoch, null, null, null, 0);
        await server.Store.CreateAsync(row, "{}", null);
        using var stop = new CancellationTokenSource();
        var time = new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromSeconds(1) };
        var written = new WatchedStream(stop, comments: 3);

        // Each look at the clock passes a second, so that no wait is needed: the third comment ends the test.
        var writing = new EventStream("e1", server.Store, time).WriteAsync(0, written, stop.Token);
        while (!writing.IsCompleted)
        {
            time.Advance(EventStream.PollInterval);
            await Task.Yield();
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
        Assert.Equal(string.Concat(Enumerable.Repeat(": keep-alive\n\n", 3)), Encoding.UTF8.GetString(written.ToArray()));
    }

    /// <summary>Cancels once so many comments are written.</summary>
    private sealed class WatchedStream(CancellationTokenSource stop, int comments) : MemoryStream
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await base.WriteAsync(buffer, cancellationToken);
            if (--comments == 0)
            {
                await stop.CancelAsync();
            }
        }
    }
}
