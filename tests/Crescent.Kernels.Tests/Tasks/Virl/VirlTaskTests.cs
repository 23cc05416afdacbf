using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Presets;
using Crescent.Kernels.Randomness;
using Crescent.Kernels.Recovery;
using Crescent.Kernels.Tasks;
using Crescent.Kernels.Tasks.Virl;
using Crescent.Kernels.Tests.Engines;
using FsCheck;
using FsCheck.Fluent;

namespace Crescent.Kernels.Tests.Tasks.Virl;

public sealed class VirlTaskTests
{
    private static readonly VirlSpec Spec = new() { OtherCity = 2 };

    [Fact]
    public void Example_EveryKind_FitsTheFormat()
    {
        var task = Spec.Create();
        foreach (var kind in Enum.GetValues<ExampleKind>())
        {
            for (uint i = 0; i < 500; i++)
            {
                var example = task.Example(kind, new RandomStream(new RandomKey(1, RandomPurpose.SftData, i)), corruption: 0.5);
                Assert.All(example.Tokens, token => Assert.InRange(token, 0, task.Format.VocabularySize - 1));
                Assert.Equal((task.Format.Bos, task.Format.Eos), (example.Tokens[0], example.Tokens[^1]));
                Assert.True(example.Tokens.Length - example.AnswerStart <= task.Format.Answer);
                Assert.True(example.Tokens.Length <= task.Format.Dialogue(kind == ExampleKind.Revision ? 3 : 1));
                Assert.Equal(example.Tokens, task.Example(kind, new RandomStream(new RandomKey(1, RandomPurpose.SftData, i)), corruption: 0.5).Tokens);
            }
        }
    }

    [Fact]
    public void Example_OfFineTuning_IsWhatTheInstructionsSayInCompassPoints() => Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<uint>(), i =>
    {
        var task = Spec.Create();
        var example = task.Example(ExampleKind.FineTuning, new RandomStream(new RandomKey(1, RandomPurpose.SftData, i)), corruption: 0);
        return task.Text(example.Tokens.AsSpan(example.AnswerStart)).Split(' ')[^2] == PlainNavigator.Action(task.Text(example.Tokens.AsSpan(0, example.AnswerStart)));
    }));

    [Theory]
    [InlineData(EvaluationVariant.InDistribution)]
    [InlineData(EvaluationVariant.OutOfDistribution)]
    [InlineData(EvaluationVariant.HeldOut)]
    public void Play_NavigatorThatFollowsTheInstructions_CompletesEveryRouteForTheHighestReward(EvaluationVariant variant)
    {
        var task = Spec.Create();
        using var engine = new ScriptedEngine(prompt => PlainNavigator.Answer(prompt));
        foreach (var cluster in task.Clusters(variant))
        {
            var deals = cluster.Deals(new RandomStream(new RandomKey(1, RandomPurpose.EvaluationDeals, (uint)variant, cluster.Number)), wanted: 1);
            var episodes = Episode.Play(engine, task.Format, deals, tries: 2, temperature: 0, (_, _) => default);
            Assert.Equal(deals.Count, episodes.Sum(episode => RewardTable.OriginalNavigation.Of(episode, 2).Sum()));
            Assert.All(episodes, episode => Assert.True(episode.Tries[0].Judgement.Recognised));
        }
    }

    [Fact]
    public void Run_NavigatorThatKnowsOnlyCompassPoints_IsScoredPerStepAndPerRoute()
    {
        var spec = new VirlNanoPreset().Evaluation(1) with { Tries = 2 };
        using var engine = new ScriptedEngine(prompt => PlainNavigator.Answer(prompt, alwaysAbsolute: true));
        var summary = Evaluator.Summarise(Evaluator.Run(engine, spec), spec.Task.ClustersAreWholes);
        Assert.Equal((1, 1.0), (summary.ReportingInDistribution.FirstTry, summary.ReportingInDistribution.Whole!.FirstTry));
        Assert.InRange(summary.ReportingOutOfDistribution.FirstTry, 0.4, 0.7);
        Assert.Equal(new WholeAccuracy(0, 0), summary.ReportingOutOfDistribution.Whole);
        Assert.Equal(80, summary.ReportingInDistribution.Clusters + summary.ChoosingInDistribution.Clusters);
        Assert.Null(summary.ReportingHeldOut);
    }

    [Theory]
    [InlineData(true, "no-landmark sep I3 east eos", Verdict.Correct)]
    [InlineData(true, "no-landmark intersection sep I3 forward eos", Verdict.WrongValue)]
    [InlineData(true, "no-landmark sep I3 forward eos", Verdict.WrongRecognition)]
    [InlineData(false, "no-landmark intersection sep I3 forward eos", Verdict.WrongRecognition)]
    [InlineData(false, "no-landmark sep I3 forward eos", Verdict.WrongValue)]
    [InlineData(true, "no-landmark sep I3 right eos", Verdict.WrongRecognition)]
    [InlineData(true, "no-landmark intersection sep I3 eos", Verdict.Illegal)]
    [InlineData(true, "no-landmark intersection sep I3 east east eos", Verdict.Illegal)]
    [InlineData(true, "I3 east eos", Verdict.Illegal)]
    [InlineData(true, "eos", Verdict.Illegal)]
    public void Judge_Cases_GetTheirVerdictAndNeverDenyTheTruth(bool intersection, string answer, Verdict verdict)
    {
        var waypoint = new Waypoint(3, null, intersection, MoveKind.Turn, 1);
        var judgement = NavigationDialogue.Judge(waypoint, PlainNavigator.Token("east"), [.. answer.Split(' ').Select(PlainNavigator.Token)]);
        Assert.Equal(verdict, judgement.Verdict);
        if (verdict == Verdict.WrongRecognition)
        {
            Assert.Equal(intersection ? "FAIL F_at_intersection sep" : "FAIL F_not_at_intersection sep", Navigation.Text(NavigationDialogue.Feedback(judgement, waypoint)));
        }
    }

    [Fact]
    public void Judge_AnyTokens_NeverThrows() => Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
        Enum.IsDefined(NavigationDialogue.Judge(new Waypoint(1, null, false, MoveKind.Turn, 0), 20, [.. bytes.Select(value => value % Navigation.Size)]).Verdict)));

    public static TheoryData<string, VirlSpec> Broken => new()
    {
        { "task.outOfDistribution", new() { OutOfDistribution = ActionRule.Absolute } },
        { "task.otherCity", new() { OtherCity = 1 } },
        { "task.legs", new() { Legs = 9 } },
        { "task.legs", new() { Legs = 1 } },
        { "task.side", new() { Side = 3 } },
        { "task.points", new() { Points = 5 } },
        { "task.thinning", new() { Thinning = double.NaN } },
        { "task.routes", new() { Routes = 5 } },
        { "task.routes", new() { Routes = 2000, Side = 4, Legs = 2 } },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void Validate_BrokenOption_NamesItAndOnlyIt(string field, VirlSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        Assert.Equal([field], spec.Validate().Select(problem => problem.Field));
    }
}
