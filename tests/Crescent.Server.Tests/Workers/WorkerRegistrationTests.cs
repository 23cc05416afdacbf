using System.Threading.Channels;
using Crescent.Server.Hosting;
using Crescent.Server.Workers;
using Crescent.Storage.Jobs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Crescent.Server.Tests.Workers;

public sealed class WorkerRegistrationTests : IAsyncDisposable
{
    private readonly FakeRegistry registry = new();
    private readonly FakeLifetime lifetime = new();
    private readonly FakeTimeProvider time = new();
    private readonly WorkerActivity activity = new(new WorkerIdentity("box/1", ["sft"], "code"), 2);
    private readonly WorkerRegistration registration;

    public WorkerRegistrationTests() =>
        registration = new WorkerRegistration(registry, activity, Options.Create(new ServerOptions { Roles = "compute" }), lifetime, time, NullLogger<WorkerRegistration>.Instance);

    public async ValueTask DisposeAsync()
    {
        await registration.StopAsync(CancellationToken.None);
        registration.Dispose();
        lifetime.Dispose();
    }

    [Fact]
    public async Task Start_Worker_IsRegisteredBeforeItReturnsAndThenEveryTwoSeconds()
    {
        await registration.StartAsync(CancellationToken.None);
        var atStart = activity.Registered;
        var first = await registry.NextAsync();
        activity.Begin();
        var second = await registry.NextAsync(() => time.Advance(WorkerRegistration.Interval));

        Assert.True(atStart);
        Assert.Equal(("box/1", 2, 0, WorkerState.Active), (first.Name, first.Slots, first.Busy, first.State));
        Assert.Equal(1, second.Busy);
    }

    [Fact]
    public async Task Stop_Process_SaysThatItDrainsThenLeaves()
    {
        await registration.StartAsync(CancellationToken.None);
        await registry.NextAsync();

        lifetime.StopApplication();
        var draining = await registry.NextAsync();
        await registration.StopAsync(CancellationToken.None);

        Assert.Equal(WorkerState.Draining, draining.State);
        Assert.Equal(["box/1"], registry.Removed);
    }

    [Fact]
    public async Task Beat_StoreSilent_IsNotReadyUntilItAnswers()
    {
        registry.Fails = true;
        await registration.StartAsync(CancellationToken.None);
        await registry.NextAsync();
        var silent = activity.Registered;
        registry.Fails = false;
        await registry.NextAsync(() => time.Advance(WorkerRegistration.Interval));

        Assert.False(silent);
        Assert.True(SpinWait.SpinUntil(() => activity.Registered, TimeSpan.FromSeconds(20)));
    }

    private sealed class FakeRegistry : IWorkerRegistry
    {
        private readonly Channel<WorkerStatus> beats = Channel.CreateUnbounded<WorkerStatus>();

        public List<string> Removed { get; } = [];

        public bool Fails { get; set; }

        public async Task BeatAsync(WorkerStatus worker, CancellationToken cancellation = default)
        {
            await beats.Writer.WriteAsync(worker, cancellation);
            if (Fails)
            {
                throw new CrescentException("storage-unavailable", "No answer.", retryable: true);
            }
        }

        /// <summary>The next beat; <paramref name="call"/> is repeated until it comes, since the one to be woken may not be waiting yet.</summary>
        public async Task<WorkerStatus> NextAsync(Action? call = null)
        {
            var next = beats.Reader.ReadAsync().AsTask();
            while (call is not null && !next.IsCompleted)
            {
                call();
                await Task.WhenAny(next, Task.Delay(10));
            }

            return await next.WaitAsync(TimeSpan.FromSeconds(20));
        }

        public Task RemoveAsync(string name, CancellationToken cancellation = default)
        {
            Removed.Add(name);
            return Task.CompletedTask;
        }

        public Task<IReadOnlyList<WorkerStatus>> WorkersAsync(CancellationToken cancellation = default) => Task.FromResult<IReadOnlyList<WorkerStatus>>([]);
    }

    private sealed class FakeLifetime : IHostApplicationLifetime, IDisposable
    {
        private readonly CancellationTokenSource stopping = new();

        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => stopping.Token;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() => stopping.Cancel();

        public void Dispose() => stopping.Dispose();
    }
}
