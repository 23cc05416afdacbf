using System.Diagnostics;
using System.Globalization;

namespace Crescent.Cli.Demo;

internal static class PeakMemory
{
    /// <summary>The most memory that this process has held: VmHWM on Linux, the peak working set elsewhere.</summary>
    public static long Bytes()
    {
        const string status = "/proc/self/status";
        if (File.Exists(status))
        {
            var line = File.ReadLines(status).FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            var parts = line?.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (parts is [_, var kibibytes, ..] && long.TryParse(kibibytes, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
            {
                return value * 1024;
            }
        }

        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
