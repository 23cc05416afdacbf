using Crescent.Grains.Control;

namespace Crescent.Grains.Tests.Control;

public sealed class CallBackoffTests
{
    private readonly ManualTime time = new();

    [Fact]
    public void Failed_Repeatedly_WaitsLongerUpToHalfAMinute()
    {
        var backoff = new CallBackoff(time);

        Assert.Equal([1, 2, 4, 8, 16, 30, 30], Enumerable.Range(0, 7).Select(_ => backoff.Failed("g").TotalSeconds));
    }

    [Fact]
    public void MayCall_AfterAFailure_OnlyOnceTheWaitIsOver()
    {
        var backoff = new CallBackoff(time);
        backoff.Failed("g");

        Assert.False(backoff.MayCall("g"));
        Assert.True(backoff.MayCall("other"));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(backoff.MayCall("g"));
    }

    [Fact]
    public void Succeeded_AfterFailures_ForgetsThem()
    {
        var backoff = new CallBackoff(time);
        backoff.Failed("g");
        backoff.Succeeded("g");

        Assert.True(backoff.MayCall("g"));
        Assert.Equal(TimeSpan.FromSeconds(1), backoff.Failed("g"));
    }
}
