using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Crescent.Benchmarks;

/// <summary>What a benchmark found: one JSON line.</summary>
/// <param name="Bench">Its name.</param>
/// <param name="Ratios">What is judged.</param>
/// <param name="Medians">What the ratios come from, units in the names.</param>
internal sealed record BenchmarkReport(string Bench, IReadOnlyDictionary<string, double> Ratios, IReadOnlyDictionary<string, double> Medians)
{
    [JsonPropertyName("metric_points_per_second"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? MetricPointsPerSecond { get; init; }

    [JsonPropertyName("list_p95_ms"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ListP95Ms { get; init; }

    /// <summary>The processor it ran on.</summary>
    public IReadOnlyDictionary<string, string> Machine { get; } = new Dictionary<string, string>
    {
        ["processor"] = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown"
            : RuntimeInformation.ProcessArchitecture.ToString(),
        ["cores"] = Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture),
        ["avx512"] = Vector512.IsHardwareAccelerated ? "true" : "false",
        ["runtime"] = RuntimeInformation.FrameworkDescription,
        ["os"] = RuntimeInformation.OSDescription,
    };

    public string ToJson() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);
}
