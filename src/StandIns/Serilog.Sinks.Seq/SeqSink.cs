using System.Text;
using System.Threading.Channels;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;

namespace Serilog.Sinks.Seq;

/// <summary>Queues events without ever blocking who logs, and posts them from one background task. A batch that fails is sent again, after a pause that doubles up to a minute; on disposal it gets one last try.</summary>
internal sealed class SeqSink : ILogEventSink, IDisposable, IAsyncDisposable
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(10);

    private readonly SeqIngestion _server;
    private readonly ITextFormatter _formatter;
    private readonly int _batchSize;
    private readonly long? _eventLimit;
    private readonly TimeSpan _period;
    private readonly Channel<LogEvent> _queue;
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _posting;
    private bool _disposed;

    public SeqSink(SeqIngestion server, ITextFormatter formatter, int batchSize, int queueSize, long? eventLimit, TimeSpan period)
    {
        _server = server;
        _formatter = formatter;
        _batchSize = batchSize;
        _eventLimit = eventLimit;
        _period = period;
        _queue = Channel.CreateBounded<LogEvent>(new BoundedChannelOptions(queueSize) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
        _posting = Task.Run(PostAsync);
    }

    public void Emit(LogEvent logEvent) => _queue.Writer.TryWrite(logEvent);

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _queue.Writer.TryComplete();
        await _closing.CancelAsync().ConfigureAwait(false);
        await _posting.ConfigureAwait(false);
        _server.Dispose();
        _closing.Dispose();
    }

    private async Task PostAsync()
    {
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            await PauseAsync(_period).ConfigureAwait(false);
            var batch = Take();
            for (var pause = _period; batch.Length > 0 && !await TryPostAsync(batch).ConfigureAwait(false); pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
            {
                if (_closing.IsCancellationRequested)
                {
                    return;
                }

                await PauseAsync(pause).ConfigureAwait(false);
            }
        }
    }

    private string Take()
    {
        var batch = new StringBuilder();
        for (var count = 0; count < _batchSize && _queue.Reader.TryRead(out var logEvent); count++)
        {
            using var line = new StringWriter(System.Globalization.CultureInfo.InvariantCulture);
            _formatter.Format(logEvent, line);
            var text = line.ToString();
            if (Encoding.UTF8.GetByteCount(text) > _eventLimit)
            {
                Debugging.SelfLog.WriteLine("An event of more than {0} bytes was dropped: {1}", _eventLimit, logEvent.MessageTemplate);
                continue;
            }

            batch.Append(text);
        }

        return batch.ToString();
    }

    private async Task<bool> TryPostAsync(string batch)
    {
        using var limit = new CancellationTokenSource(Farewell);
        try
        {
            return await _server.PostAsync(batch, limit.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            Debugging.SelfLog.WriteLine("Seq could not be reached: {0}", exception);
            return false;
        }
    }

    /// <summary>Waits, or less if the sink is being disposed.</summary>
    private async Task PauseAsync(TimeSpan time)
    {
        try
        {
            await Task.Delay(time, _closing.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            // Disposal wants what is queued sent at once.
            return;
        }
    }
}
