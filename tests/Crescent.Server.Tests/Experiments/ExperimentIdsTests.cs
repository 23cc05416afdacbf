using Crescent.Server.Experiments;
using Microsoft.Extensions.Time.Testing;

namespace Crescent.Server.Tests.Experiments;

public sealed class ExperimentIdsTests
{
    [Fact]
    public void Next_LaterTime_SortsLater()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var ids = new List<string>();
        for (var i = 0; i < 50; i++)
        {
            ids.Add(ExperimentIds.Next(time));
            time.Advance(TimeSpan.FromMilliseconds(1 << (i % 20)));
        }

        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
        Assert.All(ids, id => Assert.True(ExperimentIds.IsValid(id)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("e")]
    [InlineData("../etc/passwd")]
    [InlineData("e0/run")]
    [InlineData("e0%2f")]
    [InlineData("E0123")]
    [InlineData("e0000000000000000000000000000000000000000000000")]
    public void IsValid_AnythingElse_IsFalse(string id) => Assert.False(ExperimentIds.IsValid(id));
}
