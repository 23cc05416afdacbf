using Serilog.Configuration;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Sinks.Seq;

namespace Serilog;

/// <summary>Adds <c>WriteTo.Seq(...)</c>.</summary>
public static class SeqLoggerConfigurationExtensions
{
    /// <summary>Posts events to a Seq server in batches. Durable buffering in files and control of the level by the server are not part of this stand-in and are refused.</summary>
    /// <param name="batchPostingLimit">Most events in a request.</param>
    /// <param name="period">How long events may wait for company; 2 s unless given.</param>
    /// <param name="eventBodyLimitBytes">Larger events are dropped; null: none is too large.</param>
    /// <param name="queueSizeLimit">Most events held while the server does not take them; further ones are dropped.</param>
    public static LoggerConfiguration Seq(
        this LoggerSinkConfiguration loggerSinkConfiguration,
        string serverUrl,
        LogEventLevel restrictedToMinimumLevel = LevelAlias.Minimum,
        int batchPostingLimit = 1000,
        TimeSpan? period = null,
        string? apiKey = null,
        string? bufferBaseFilename = null,
        long? bufferSizeLimitBytes = null,
        long? eventBodyLimitBytes = 256 * 1024,
        LoggingLevelSwitch? controlLevelSwitch = null,
        HttpMessageHandler? messageHandler = null,
        long? retainedInvalidPayloadsLimitBytes = null,
        int queueSizeLimit = 100000,
        ITextFormatter? payloadFormatter = null)
    {
        ArgumentNullException.ThrowIfNull(loggerSinkConfiguration);
        ArgumentNullException.ThrowIfNull(serverUrl);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchPostingLimit);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(queueSizeLimit);
        if (bufferBaseFilename is not null || bufferSizeLimitBytes is not null || retainedInvalidPayloadsLimitBytes is not null || controlLevelSwitch is not null)
        {
            throw new NotSupportedException("Durable buffering (bufferBaseFilename, bufferSizeLimitBytes, retainedInvalidPayloadsLimitBytes) and controlLevelSwitch need the Serilog.Sinks.Seq package; this build has a stand-in for it.");
        }

        var sink = new SeqSink(new SeqIngestion(serverUrl, apiKey, messageHandler), payloadFormatter ?? new ClefFormatter(), batchPostingLimit, queueSizeLimit, eventBodyLimitBytes, period ?? TimeSpan.FromSeconds(2));
        return loggerSinkConfiguration.Sink(sink, restrictedToMinimumLevel);
    }
}
