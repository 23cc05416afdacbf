using System.Globalization;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace Crescent.Server.Hosting;

internal static class LogSetup
{
    private const string Template = "{Timestamp:HH:mm:ss.fff} {Level:u3} {SourceContext}: {Message:lj}{NewLine}{Exception}";

    public static void AddCrescentLogging(this WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders();
        builder.Logging.AddSerilog(Create(builder.Configuration), dispose: true);
    }

    /// <exception cref="CrescentException"><c>options-invalid</c>.</exception>
    private static Logger Create(ConfigurationManager configuration)
    {
        var log = configuration.GetSection(LogOptions.Section).Get<LogOptions>() ?? new LogOptions();
        if (!Enum.TryParse<LogEventLevel>(log.Level, ignoreCase: true, out var level))
        {
            throw new CrescentException("options-invalid", $"{LogOptions.Section}:Level is '{log.Level}'; write one of {string.Join(", ", Enum.GetNames<LogEventLevel>())}.");
        }

        var seq = configuration.GetSection(SeqOptions.Section).Get<SeqOptions>() ?? new SeqOptions();
        var setup = new LoggerConfiguration()
            .MinimumLevel.Is(level)
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("Orleans", LogEventLevel.Warning)
            .Enrich.FromLogContext();
        if (log.Console)
        {
            setup.WriteTo.Console(standardErrorFromLevel: LevelAlias.Minimum, outputTemplate: Template, formatProvider: CultureInfo.InvariantCulture);
        }

        if (log.File is { Length: > 0 } file)
        {
            setup.WriteTo.File(file, outputTemplate: Template, formatProvider: CultureInfo.InvariantCulture);
        }

        if (seq.ServerUrl is { Length: > 0 } server)
        {
            setup.WriteTo.Seq(server, apiKey: seq.ApiKey);
        }

        return setup.CreateLogger();
    }
}
