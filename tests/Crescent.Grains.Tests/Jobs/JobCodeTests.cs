using Crescent.Grains.Jobs;

namespace Crescent.Grains.Tests.Jobs;

public sealed class JobCodeTests
{
    [Fact]
    public void Of_TheSameAssembliesInAnyOrder_IsTheSame()
    {
        var (one, two) = (typeof(JobCode).Assembly, typeof(JobCodeTests).Assembly);

        Assert.Equal(JobCode.Of(one, two), JobCode.Of(two, one, one));
        Assert.Matches("^[0-9a-f]{64}$", JobCode.Of().Hash);
    }

    [Fact]
    public void Of_AnotherEngine_Differs() => Assert.NotEqual(JobCode.Of(), JobCode.Of(typeof(JobCode).Assembly));
}
