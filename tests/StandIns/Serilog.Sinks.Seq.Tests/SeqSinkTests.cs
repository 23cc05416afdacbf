using System.Globalization;
using System.Net;
using Serilog;

namespace Crescent.StandIns.Serilog.Sinks.Seq.Tests;

public class SeqSinkTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(20);

    [Fact]
    public async Task Write_PostsTheEventAsClef()
    {
        using var server = new SeqServer();
        await using (var log = new LoggerConfiguration().WriteTo.Seq(server.Url, apiKey: "key", period: Soon).CreateLogger())
        {
            log.Warning(new InvalidOperationException("broken"), "Step {Step:000} of {@Run}", 7, new { Name = "sft" });
        }

        var request = await server.Requests.ReadAsync();
        var written = Assert.Single(request.Events);
        Assert.Equal(("/api/events/raw", "key"), (request.Path.Split('?')[0], request.ApiKey));
        Assert.Equal("Step {Step:000} of {@Run}", written.GetProperty("@mt").GetString());
        Assert.Equal("007", Assert.Single(written.GetProperty("@r").EnumerateArray()).GetString());
        Assert.Equal("Warning", written.GetProperty("@l").GetString());
        Assert.Contains("broken", written.GetProperty("@x").GetString(), StringComparison.Ordinal);
        Assert.Equal(7, written.GetProperty("Step").GetInt32());
        Assert.Equal("sft", written.GetProperty("Run").GetProperty("Name").GetString());
        Assert.Equal(DateTimeKind.Utc, DateTime.Parse(written.GetProperty("@t").GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind).Kind);
    }

    [Fact]
    public async Task Write_Information_OmitsTheLevel()
    {
        using var server = new SeqServer();
        await using (var log = new LoggerConfiguration().WriteTo.Seq(server.Url, period: Soon).CreateLogger())
        {
            log.Information("plain");
        }

        Assert.False(Assert.Single((await server.Requests.ReadAsync()).Events).TryGetProperty("@l", out _));
    }

    [Fact]
    public async Task Write_ManyEvents_KeepsBatchesWithinTheLimitAndInOrder()
    {
        using var server = new SeqServer();
        await using (var log = new LoggerConfiguration().WriteTo.Seq(server.Url, batchPostingLimit: 10, period: Soon).CreateLogger())
        {
            for (var i = 0; i < 35; i++)
            {
                log.Information("Event {Number}", i);
            }
        }

        var numbers = new List<int>();
        while (numbers.Count < 35)
        {
            var request = await server.Requests.ReadAsync();
            Assert.InRange(request.Events.Count, 1, 10);
            numbers.AddRange(request.Events.Select(e => e.GetProperty("Number").GetInt32()));
        }

        Assert.Equal(Enumerable.Range(0, 35), numbers);
    }

    [Fact]
    public async Task Write_WhenTheServerFailsAtFirst_SendsTheSameEventsAgain()
    {
        using var server = new SeqServer { Answer = count => count == 0 ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.Created };
        await using var log = new LoggerConfiguration().WriteTo.Seq(server.Url, period: Soon).CreateLogger();

        log.Information("only {Number}", 1);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await server.Requests.ReadAsync()).Status);
        var again = await server.Requests.ReadAsync();
        Assert.Equal(HttpStatusCode.Created, again.Status);
        Assert.Equal(1, Assert.Single(again.Events).GetProperty("Number").GetInt32());
    }

    [Fact]
    public async Task Write_BelowTheMinimum_SendsNothing()
    {
        using var server = new SeqServer();
        await using (var log = new LoggerConfiguration().MinimumLevel.Debug().WriteTo.Seq(server.Url, global::Serilog.Events.LogEventLevel.Warning, period: Soon).CreateLogger())
        {
            log.Information("no");
            log.Error("yes");
        }

        Assert.Equal("yes", Assert.Single((await server.Requests.ReadAsync()).Events).GetProperty("@mt").GetString());
    }

#if LIMITED_FEED
    [Fact]
    public async Task Write_BeyondTheQueueLimit_DropsInsteadOfBlocking()
    {
        using var server = new SeqServer();
        await using (var log = new LoggerConfiguration().WriteTo.Seq(server.Url, queueSizeLimit: 10, period: TimeSpan.FromHours(1)).CreateLogger())
        {
            for (var i = 0; i < 1000; i++)
            {
                log.Information("Event {Number}", i);
            }
        }

        Assert.Equal(Enumerable.Range(0, 10), (await server.Requests.ReadAsync()).Events.Select(e => e.GetProperty("Number").GetInt32()));
    }

    [Fact]
    public async Task Write_OfABatchThatTheServerCallsBad_GoesOnWithTheNext()
    {
        using var server = new SeqServer { Answer = count => count == 0 ? HttpStatusCode.BadRequest : HttpStatusCode.Created };
        await using var log = new LoggerConfiguration().WriteTo.Seq(server.Url, period: Soon).CreateLogger();
        log.Information("first");
        await server.Requests.ReadAsync();

        log.Information("second");

        Assert.Equal("second", Assert.Single((await server.Requests.ReadAsync()).Events).GetProperty("@mt").GetString());
    }

    [Fact]
    public void Seq_WithDurableBuffering_SaysThatThePackageIsNeeded()
    {
        var failure = Assert.Throws<NotSupportedException>(() => new LoggerConfiguration().WriteTo.Seq("http://127.0.0.1:1", bufferBaseFilename: "buffer"));

        Assert.Contains("Serilog.Sinks.Seq", failure.Message, StringComparison.Ordinal);
    }
#endif
}
