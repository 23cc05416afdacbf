using Crescent.Kernels.Claims;
using Crescent.Kernels.Statistics;

namespace Crescent.Kernels.Tests.Claims;

public sealed class RecoveryWindowTests
{
    private static (double Step, Interval Gain) Gain(double step, double low, double high) => (step, new Interval((low + high) / 2, low, high));

    [Fact]
    public void Of_GainInTheMiddle_HasCertainAndPossibleEnds()
    {
        var window = RecoveryWindow.Of([Gain(800, -0.05, 0.01), Gain(20, -0.05, 0.00), Gain(100, -0.01, 0.05), Gain(300, 0.02, 0.08), Gain(400, 0.01, 0.07), Gain(600, -0.02, 0.04)], 0.03);
        Assert.Equal(new RecoveryWindow(300, 400, 100, 600, false, false), window);
    }

    [Fact]
    public void Of_PossibleUpToTheEnds_IsOpen()
    {
        var window = RecoveryWindow.Of([Gain(20, -0.01, 0.05), Gain(300, 0.02, 0.08), Gain(800, -0.01, 0.04)], 0.03);
        Assert.Equal(new RecoveryWindow(300, 300, 20, 800, true, true), window);
    }

    [Fact]
    public void Of_NothingCertain_HasOnlyWhatIsPossible()
    {
        Assert.Equal(new RecoveryWindow(null, null, 300, 300, false, false), RecoveryWindow.Of([Gain(20, -0.05, 0.01), Gain(300, -0.02, 0.08), Gain(800, -0.05, 0.0)], 0.03));
        Assert.Equal(new RecoveryWindow(null, null, null, null, false, false), RecoveryWindow.Of([Gain(20, -0.05, 0.01)], 0.03));
        Assert.Equal(new RecoveryWindow(null, null, null, null, false, false), RecoveryWindow.Of([], 0.03));
    }

    [Fact]
    public void Of_TwoStretches_TakesTheLonger() =>
        Assert.Equal(new RecoveryWindow(300, 400, 300, 400, false, true), RecoveryWindow.Of([Gain(20, 0.01, 0.05), Gain(100, -0.05, 0.01), Gain(300, 0.02, 0.08), Gain(400, 0.02, 0.08)], 0.03));

    [Fact]
    public void Scan_ManyNullPoints_AreCorrectedTogether()
    {
        var scan = StudyScan.Of([.. Enumerable.Range(0, 10).Select(i => new ScanPoint($"step {i}", i, i == 3 ? [0.1, 0.11, 0.09, 0.1, 0.1] : [0.02, -0.01, 0.03, 0.01, -0.005 * i]))]);
        Assert.All(scan, point => Assert.True(point.FalseDiscovery >= point.PValue));
        Assert.Equal([3.0], scan.Where(point => point.FalseDiscovery < 0.05).Select(point => point.Step));
        Assert.True(double.IsInfinity(StudyScan.Of([new ScanPoint("one seed", 1, [0.1])])[0].Interval.High));
    }
}
