using Crescent.Storage.Artifacts;
using Crescent.Storage.Experiments;
using Crescent.Storage.Hosting;
using Crescent.Storage.Jobs;
using Crescent.Storage.Sql;
using Crescent.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Crescent.Storage.Tests.Hosting;

public sealed class StorageServicesTests
{
    [Fact]
    public async Task AddCrescentStorage_Resolved_SharesOneDatabaseAndClosesIt()
    {
        using var temporary = new TemporaryFolder();
        await using (var services = Build(options => options.DataFolder = temporary.Path))
        {
            Assert.Same(services.GetRequiredService<IJobQueue>(), services.GetRequiredService<IWorkQueue>());
            Assert.Empty((await services.GetRequiredService<IExperimentStore>().ListAsync(10, null)).Experiments);
            var blob = await services.GetRequiredService<IBlobStore>().PutAsync(stream => stream.Write("abc"u8));
            Assert.Equal(1, await services.GetRequiredService<SqlDatabase>().ReadAsync(session => session.Scalar($"SELECT count(*) FROM blob WHERE sha256 = {blob.Sha256}")));
        }

        DataFolder.Open(temporary.Path).Dispose();
    }

    [Fact]
    public async Task Host_StartedAfterADeath_FreesTheJobsOfTheDead()
    {
        using var temporary = new TemporaryFolder();
        using (var services = Build(options => options.DataFolder = temporary.Path))
        {
            await services.GetRequiredService<IJobQueue>().SubscribeAsync(TestStorage.Request(), "e1/sft", 0);
            await services.GetRequiredService<IWorkQueue>().ClaimAsync(TestStorage.Worker("control/w1"), TimeSpan.FromHours(1));
        }

        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddCrescentStorage(options => options.DataFolder = temporary.Path);
        using var host = builder.Build();
        await host.StartAsync();

        Assert.Equal(2, (await host.Services.GetRequiredService<IWorkQueue>().ClaimAsync(TestStorage.Worker("w2"), TestStorage.Lease))!.Epoch);
        await host.StopAsync();
    }

    [Fact]
    public async Task Host_StartedBesideLivingWorkers_LeavesTheirJobsToThem()
    {
        using var temporary = new TemporaryFolder();
        await using var control = Build(options => options.DataFolder = temporary.Path);
        await control.GetRequiredService<IJobQueue>().SubscribeAsync(TestStorage.Request(), "e1/sft", 0);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddCrescentStorage(options => (options.DataFolder, options.Join) = (temporary.Path, true));
        using var compute = builder.Build();
        var inControl = await control.GetRequiredService<IWorkQueue>().ClaimAsync(TestStorage.Worker("control/w1"), TimeSpan.FromHours(1));

        await compute.StartAsync();

        Assert.Equal(LeaseState.Held, (await control.GetRequiredService<IWorkQueue>().HeartbeatAsync(inControl!, TimeSpan.FromHours(1), null, [])).State);
        await control.GetRequiredService<IWorkQueue>().ReleaseAsync(inControl!);
        var claim = await compute.Services.GetRequiredService<IWorkQueue>().ClaimAsync(TestStorage.Worker("box/7/0"), TimeSpan.FromHours(1));
        Assert.Equal(0, await control.GetRequiredService<SqlJobQueue>().EndAttemptsAsync(WorkerIdentity.InControl));
        Assert.Equal(LeaseState.Held, (await compute.Services.GetRequiredService<IWorkQueue>().HeartbeatAsync(claim!, TimeSpan.FromHours(1), null, [])).State);
        await compute.StopAsync();
    }

    [Fact]
    public void AddCrescentStorage_BadOptions_NameTheFieldAndTheCure()
    {
        using var services = Build(options =>
        {
            options.DataFolder = " ";
            options.Queue = new JobQueueOptions { FirstBackoff = TimeSpan.Zero };
        });

        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<StorageOptions>>().Value);

        Assert.Contains("Crescent:Storage:DataFolder", error.Message, StringComparison.Ordinal);
        Assert.Contains("Crescent:Storage:Queue", error.Message, StringComparison.Ordinal);
    }

    private static ServiceProvider Build(Action<StorageOptions> configure) => new ServiceCollection().AddCrescentStorage(configure).BuildServiceProvider();
}
