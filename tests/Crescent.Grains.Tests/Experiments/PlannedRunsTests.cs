using Crescent.Abstractions.Experiments;
using Crescent.Grains.Experiments;

namespace Crescent.Grains.Tests.Experiments;

public sealed class PlannedRunsTests
{
    private static readonly ExperimentOrigin Origin = new("e1", "sft-8", new string('a', 64));

    [Theory]
    [InlineData("8", "16", "best")]
    [InlineData("base", "16")]
    public void Of_WithAndWithoutOrigin_NeedsOnlyWhatIsPlannedBeforeOrStored(params string[] starts)
    {
        var spec = Specs.Small with { Recovery = Specs.Small.Recovery with { From = starts } };

        foreach (var plan in new[] { spec, spec with { Origin = Origin } }.Select(PlannedRuns.Of))
        {
            foreach (var (position, run) in plan.Index())
            {
                Assert.All(run.Inputs, input => Assert.True(
                    input.Source.Sha256 is not null || plan.Take(position).Any(earlier => earlier.Name == input.Source.Run),
                    $"{run.Name} needs '{input.Source.Run}' as its {input.Name}, which no run before it makes."));
            }
        }
    }
}
