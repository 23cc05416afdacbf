using Crescent.Kernels.Recovery;
using Crescent.Kernels.Jobs;
using Crescent.Kernels.Randomness;
using Crescent.Kernels.Tasks;
using Crescent.Kernels.Tasks.GeneralPoints;
using Crescent.Kernels.Tests.Engines;

namespace Crescent.Kernels.Tests.Recovery;

public sealed class RewardsTests
{
    private static readonly GeneralPointsSpec Task = new() { PartialCredit = true, Recognition = true };

    [Fact]
    public void Of_EveryVerdict_FollowsTheOriginalsTable() =>
        Assert.Equal([5, -1, -2, -3, 1, -1.5], Enum.GetValues<Verdict>().Select(RewardTable.Original.Of));

    [Fact]
    public void Of_VerdictsTheTableLeavesOut_CountAsIllegal() =>
        Assert.Equal([-3, -3], new[] { Verdict.Partial, Verdict.WrongRecognition }.Select(new RewardTable().Of));

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(10)]
    public void Of_EpisodeThatUsesAllTries_EndsWithTheLimit(int tries)
    {
        var episode = Play(tries, solveAt: 0);
        Assert.Equal([.. Enumerable.Repeat(-3.0, tries - 1), -1], RewardTable.Original.Of(episode, tries));
        Assert.Equal(Enumerable.Repeat(-3.0, tries), new RewardTable().Of(episode, tries));
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(10, 2)]
    public void Of_SolvedEpisode_EndsWithTheRewardOfTheCorrectTry(int tries, int solveAt)
    {
        var episode = Play(tries, solveAt);
        Assert.Equal(solveAt, episode.SolvedAt);
        Assert.Equal([.. Enumerable.Repeat(-3.0, solveAt - 1), 5], RewardTable.Original.Of(episode, tries));
    }

    [Fact]
    public void Write_DefaultTable_KeepsItsBytes() =>
        Assert.Equal("""{"correct":5,"wrongValue":-1,"wrongNumbers":-2,"illegal":-3}""", JobJson.Write(new RewardTable()));

    /// <summary>Plays a deal illegally until the try at which it is solved; 0: never.</summary>
    private static Episode Play(int tries, int solveAt)
    {
        var task = Task.Create();
        var deal = task.Draw(new RandomStream(new RandomKey(1, RandomPurpose.RecoveryDeals, 0)), Kernels.Evaluation.EvaluationVariant.InDistribution);
        var numbers = new Deal(deal.Cards, FaceRule.FacesAsTen).Numbers;
        using var engine = new ScriptedEngine(prompt => Dialogue.Answer(
            numbers, prompt.Count(token => token == Vocabulary.Fail) == solveAt - 1 ? SolutionBook.For(24).Solutions(numbers)[0] : [Vocabulary.Plus], 24));
        return Assert.Single(Episode.Play(engine, task.Format, [deal], tries, 0, (_, number) => new RandomKey(1, RandomPurpose.EvaluationSampling, (uint)number)));
    }
}
