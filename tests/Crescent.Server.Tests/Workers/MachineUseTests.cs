using System.Globalization;
using Crescent.Server.Workers;
using Crescent.Storage.Jobs;
using Microsoft.Extensions.Time.Testing;

namespace Crescent.Server.Tests.Workers;

public sealed class MachineUseTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("crescent-energy-").FullName;
    private readonly FakeTimeProvider time = new();

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Points_MachineThatTells_AreTheJobsShareSinceTheLastWrite()
    {
        Package("intel-rapl:0", 1_000_000);
        Package("intel-rapl:1", 9_000_000);
        Package("intel-rapl:0:0", 5_000_000);
        var use = new MachineUse(time, new EnergyCounter(folder), () => 0.5);
        time.Advance(TimeSpan.FromSeconds(3));
        Package("intel-rapl:0", 4_000_000);
        Package("intel-rapl:1", 500_000);
        Assert.Equal([new MetricPoint("seconds", 7, 3), new MetricPoint("joules", 7, 0.5 * (3 + 1.5))], use.Points(7));
        use.Written();
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal([new MetricPoint("seconds", 8, 2), new MetricPoint("joules", 8, 0)], use.Points(8));
    }

    [Fact]
    public void Points_MachineThatDoesNotTell_HaveNoEnergy()
    {
        Directory.CreateDirectory(Path.Combine(folder, "intel-rapl:0"));
        Assert.Equal([new MetricPoint("seconds", 1, 0)], new MachineUse(time, new EnergyCounter(folder), () => 1).Points(1));
        Assert.Null(new EnergyCounter(Path.Combine(folder, "nowhere")).Joules);
    }

    /// <summary>A zone whose counter wraps around at 10 joules.</summary>
    private void Package(string name, long microjoules)
    {
        var zone = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
        File.WriteAllText(Path.Combine(zone, "energy_uj"), microjoules.ToString(CultureInfo.InvariantCulture) + "\n");
        File.WriteAllText(Path.Combine(zone, "max_energy_range_uj"), "10000000\n");
    }
}
