using Crescent.Kernels.Presets;
using Crescent.Kernels.Sft;
using Crescent.Kernels.Tasks.GeneralPoints;

namespace Crescent.Kernels.Tests.Sft;

public sealed class SftDataSetTests
{
    private static readonly SftSpec Spec = new NanoPreset().Sft(1) with { Batch = 64, Data = new SftDataSpec(500) };

    [Fact]
    public void Example_DistinctDataSet_ShowsEachPairOnceAnEpochInAnOrderOfItsOwn()
    {
        var data = new SftData(Spec);
        var met = Enumerable.Range(0, 1000).Select(place => string.Join(' ', data.Example(place / 64, place % 64).Tokens)).ToList();
        Assert.Equal(500, met.Take(500).Distinct().Count());
        Assert.Equal(met.Take(500).Order(StringComparer.Ordinal), met.Skip(500).Order(StringComparer.Ordinal));
        Assert.NotEqual(met.Take(500), met.Skip(500));
    }

    [Fact]
    public void Example_AnyOrderOfCalls_GivesTheSamePair()
    {
        var (forward, backward) = (new SftData(Spec), new SftData(Spec));
        var last = backward.Example(20, 3).Tokens;
        for (var step = 0; step < 20; step++)
        {
            forward.Example(step, 3);
        }

        Assert.Equal(last, forward.Example(20, 3).Tokens);
        Assert.NotEqual(last, new SftData(Spec with { Seed = 2 }).Example(20, 3).Tokens);
    }

    [Fact]
    public void Example_SetOfOne_IsThatOneEverywhere()
    {
        var data = new SftData(Spec with { Data = new SftDataSpec(1) });
        Assert.Equal(data.Example(0, 0).Tokens, data.Example(700, 63).Tokens);
    }

    [Fact]
    public void Example_RepeatsAllowed_HasSome()
    {
        var task = new GeneralPointsSpec { ReferenceSolutions = 1, HoldOut = 0.9 };
        var data = new SftData(Spec with { Task = task, Data = new SftDataSpec(3000, Distinct: false) });
        Assert.InRange(Enumerable.Range(0, 3000).Select(place => string.Join(' ', data.Example(place / 64, place % 64).Tokens)).Distinct().Count(), 100, 2900);
    }

    [Fact]
    public void FineTuningPairs_Default_AreOrderedDealsTimesFormulas()
    {
        var pairs = new GeneralPointsSpec { ReferenceSolutions = 1 }.Create().FineTuningPairs;
        var solvable = SolutionBook.For(24).Hands.Where(hand => hand[^1] <= 10).Sum(hand => Orderings(hand) * Math.Pow(4, hand.Count(number => number == 10)));
        Assert.Equal(solvable, (double)pairs!.Value);

        static int Orderings(int[] hand) => 24 / hand.GroupBy(number => number).Aggregate(1, (product, group) => product * group.Count() switch { 2 => 2, 3 => 6, 4 => 24, _ => 1 });
    }
}
