using Crescent.Kernels.Claims;

namespace Crescent.Kernels.Tests.Claims;

public sealed class ArmCurveTests
{
    private static readonly ArmCurve Sft = new([new(1, 0.1, 0.3), new(2, 0.5, 0.5), new(4, 0.9, 0.2), new(8, 0.95, 0.1)]);

    [Fact]
    public void AtMatchedAccuracy_MethodThatEndsLower_ComparesThere()
    {
        // The method ends at ID .7, which SFT first reaches half-way from .5 to .9: OOD .35.
        var method = new ArmCurve([new(1, 0.1, 0.3), new(8, 0.7, 0.45)]);
        Assert.Equal(0.10, ArmCurve.AtMatchedAccuracy(method, Sft)!.Value, 1e-12);
        Assert.Equal(0, ArmCurve.AtMatchedAccuracy(Sft, Sft)!.Value, 1e-12);
        Assert.Null(ArmCurve.AtMatchedAccuracy(new ArmCurve([]), Sft));
        Assert.Null(ArmCurve.AtMatchedAccuracy(new ArmCurve([new(1, 0.05, 0.3)]), Sft));
    }

    [Fact]
    public void AtEqualCompute_ArmsOfDifferentLength_ComparesAtTheShorter()
    {
        var rl = new ArmCurve([new(1, 0.1, 0.3), new(6, 0.4, 0.55)]);
        Assert.Equal(0.55 - 0.15, ArmCurve.AtEqualCompute(rl, Sft)!.Value, 1e-12);
        Assert.Equal(0.25, rl.ChangeAtEqualCompute(Sft)!.Value, 1e-12);
        Assert.Equal(-0.15, Sft.ChangeAtEqualCompute(rl)!.Value, 1e-12);
        Assert.Null(ArmCurve.AtEqualCompute(new ArmCurve([]), Sft));
    }

    [Fact]
    public void PerDoubling_GainThatGrowsByAPointADoubling_IsOnePoint()
    {
        Assert.Equal(0.01, TriesSlope.PerDoubling([(1, 0.02), (2, 0.03), (4, 0.04), (8, 0.05)])!.Value, 1e-12);
        Assert.Null(TriesSlope.PerDoubling([(5, 0.02), (5, 0.04)]));
        Assert.Null(TriesSlope.PerDoubling([]));
    }
}
