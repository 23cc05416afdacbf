using System.Globalization;

namespace Crescent.Server.Workers;

/// <summary>Energy of the machine's processors, where it tells (RAPL): the packages under <c>/sys/class/powercap</c>, in microjoules, each wrapping around at its range. Where nothing can be read there is no figure, never a guess.</summary>
internal sealed class EnergyCounter
{
    private readonly Lock gate = new();
    private readonly List<Package> packages;

    /// <param name="folder">Where the zones stand.</param>
    public EnergyCounter(string folder) => packages = [.. Zones(folder).Select(zone => new Package(zone)).Where(package => package.IsReadable)];

    public static EnergyCounter OfMachine { get; } = new("/sys/class/powercap");

    /// <summary>Joules since the counter was made; null where the machine does not tell.</summary>
    public double? Joules
    {
        get
        {
            lock (gate)
            {
                return packages.Count > 0 && packages.TrueForAll(package => package.Update()) ? packages.Sum(package => package.Joules) : null;
            }
        }
    }

    /// <summary>Whole packages only (<c>intel-rapl:0</c>); the parts inside one (<c>intel-rapl:0:1</c>) are in its figure already.</summary>
    private static IEnumerable<string> Zones(string folder) => Directory.Exists(folder)
        ? Directory.EnumerateDirectories(folder, "intel-rapl:*").Where(zone => Path.GetFileName(zone).Count(c => c == ':') == 1).Order(StringComparer.Ordinal)
        : [];

    private sealed class Package(string zone)
    {
        private readonly long? range = Read(Path.Combine(zone, "max_energy_range_uj"));
        private long? last = Read(Path.Combine(zone, "energy_uj"));

        public bool IsReadable => last is not null && range is not null;

        public double Joules { get; private set; }

        public bool Update()
        {
            if (Read(Path.Combine(zone, "energy_uj")) is not { } now)
            {
                return false;
            }

            Joules += (now >= last!.Value ? now - last.Value : now - last.Value + range!.Value) / 1e6;
            last = now;
            return true;
        }

        private static long? Read(string file)
        {
            try
            {
                return long.TryParse(File.ReadAllText(file).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Most machines show it to root alone, or not at all.
                return null;
            }
        }
    }
}
