using System.Globalization;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Json;
using Serilog.Parsing;

namespace Serilog.Sinks.Seq;

/// <summary>One event as one line of CLEF (Seq's compact log event format): <c>@t</c> time, <c>@mt</c> message template, <c>@r</c> renderings of formatted properties, <c>@l</c> level unless Information, <c>@x</c> exception, <c>@tr</c> and <c>@sp</c> trace, then the properties.</summary>
internal sealed class ClefFormatter : ITextFormatter
{
    private readonly JsonValueFormatter _values = new(typeTagName: "$type");

    public void Format(LogEvent logEvent, TextWriter output)
    {
        output.Write("{\"@t\":\"");
        output.Write(logEvent.Timestamp.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        output.Write("\",\"@mt\":");
        JsonValueFormatter.WriteQuotedJsonString(logEvent.MessageTemplate.Text, output);
        WriteRenderings(logEvent, output);
        if (logEvent.Level != LogEventLevel.Information)
        {
            WriteText("@l", logEvent.Level.ToString(), output);
        }

        if (logEvent.Exception is { } exception)
        {
            WriteText("@x", exception.ToString(), output);
        }

        if (logEvent.TraceId is { } trace)
        {
            WriteText("@tr", trace.ToHexString(), output);
        }

        if (logEvent.SpanId is { } span)
        {
            WriteText("@sp", span.ToHexString(), output);
        }

        foreach (var (name, value) in logEvent.Properties)
        {
            output.Write(',');
            JsonValueFormatter.WriteQuotedJsonString(name.StartsWith('@') ? '@' + name : name, output);
            output.Write(':');
            _values.Format(value, output);
        }

        output.WriteLine('}');
    }

    private static void WriteRenderings(LogEvent logEvent, TextWriter output)
    {
        var separator = ",\"@r\":[";
        foreach (var token in logEvent.MessageTemplate.Tokens.OfType<PropertyToken>().Where(token => token.Format is not null))
        {
            output.Write(separator);
            separator = ",";
            var rendering = new StringWriter(CultureInfo.InvariantCulture);
            token.Render(logEvent.Properties, rendering, CultureInfo.InvariantCulture);
            JsonValueFormatter.WriteQuotedJsonString(rendering.ToString(), output);
        }

        if (separator == ",")
        {
            output.Write(']');
        }
    }

    private static void WriteText(string name, string text, TextWriter output)
    {
        output.Write($",\"{name}\":");
        JsonValueFormatter.WriteQuotedJsonString(text, output);
    }
}
