using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Randomness;
using Crescent.Kernels.Sft;
using Crescent.Kernels.Tasks;
using Crescent.Kernels.Tasks.GeneralPoints;
using FsCheck;
using FsCheck.Fluent;

namespace Crescent.Kernels.Tests.Tasks.GeneralPoints;

public sealed class GeneralPointsTaskTests
{
    private static readonly Dictionary<string, GeneralPointsSpec> Specs = new()
    {
        ["default"] = new(),
        ["third rule"] = new() { OutOfDistribution = FaceRule.FacesAsFiveSixSeven },
        ["trained on the third rule"] = new() { InDistribution = FaceRule.FacesAsFiveSixSeven },
        ["held-out rule"] = new() { HeldOut = FaceRule.FacesAsFiveSixSeven, HoldOut = 0.25 },
        ["target 36"] = new() { Target = 36, ReferenceSolutions = 1 },
        ["layouts"] = new() { Prompts = PromptArm.Layouts },
        ["rules"] = new() { Prompts = PromptArm.Rules },
        ["finer verdicts"] = new() { PartialCredit = true, Recognition = true },
        ["blank feedback"] = new() { Feedback = FeedbackKind.Blank },
        ["original wording"] = new() { Wording = WordingKind.Original, PartialCredit = true },
        ["original wording, rules"] = new() { Wording = WordingKind.Original, Prompts = PromptArm.Rules, Feedback = FeedbackKind.Blank, HoldOut = 0.5 },
    };

    public static TheoryData<string> Names => [.. Specs.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Example_EveryKind_FitsTheFormat(string name)
    {
        var task = Specs[name].Create();
        Assert.Empty(Specs[name].Validate());
        foreach (var kind in Enum.GetValues<ExampleKind>())
        {
            for (uint i = 0; i < 300; i++)
            {
                var example = Example(task, kind, i);
                Assert.All(example.Tokens, token => Assert.InRange(token, 0, task.Format.VocabularySize - 1));
                Assert.Equal((task.Format.Bos, task.Format.Eos), (example.Tokens[0], example.Tokens[^1]));
                Assert.True(example.Tokens.Length - example.AnswerStart <= task.Format.Answer);
                Assert.True(example.Tokens.Length <= task.Format.Dialogue(kind == ExampleKind.Revision ? BaseData.LongestDialogue : 1));
                Assert.True(kind is not (ExampleKind.Deal or ExampleKind.FineTuning) || example.AnswerStart <= task.Format.Prompt);
            }
        }
    }

    [Theory]
    [InlineData("default")]
    [InlineData("third rule")]
    [InlineData("trained on the third rule")]
    [InlineData("held-out rule")]
    [InlineData("target 36")]
    [InlineData("layouts")]
    [InlineData("rules")]
    public void Example_OfFineTuning_ReachesTheTargetUnderTheRuleOfItsPrompt(string name)
    {
        var (spec, task) = (Specs[name], Specs[name].Create());
        var rules = new HashSet<string>();
        Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<uint>(), i =>
        {
            var example = Example(task, ExampleKind.FineTuning, i);
            var prompt = task.Text(example.Tokens.AsSpan(0, example.AnswerStart)).Split(' ');
            var answer = task.Text(example.Tokens.AsSpan(example.AnswerStart)).Replace("sep(", "sep (", StringComparison.Ordinal).Split(' ');
            var rule = prompt.Single(word => word.StartsWith('R'));
            rules.Add(rule);
            var numbers = PlainJudge.Numbers(prompt.Where(word => word is not ("bos" or "GP" or "sep") && word != rule), rule);
            var formula = string.Concat(answer[(Array.IndexOf(answer, "sep") + 1)..^1]).Split('=');
            var read = PlainJudge.Read(formula[0])!.Value;
            return read.Numerator == spec.Target * read.Denominator && formula[1] == $"{spec.Target}"
                && read.Numbers.Order().SequenceEqual(numbers.Order()) && answer[..4].Select(int.Parse).SequenceEqual(numbers);
        }));
        Assert.Equal(name == "rules" ? 2 : 1, rules.Count);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Judge_ReferenceAnswerOfADeal_IsCorrectAndFeedbackIsOnlyForFailures(string name)
    {
        var (spec, task) = (Specs[name], Specs[name].Create());
        var wording = spec.WordingForm();
        foreach (var variant in Enum.GetValues<EvaluationVariant>().Where(variant => spec.Rule(variant) is not null))
        {
            for (uint i = 0; i < 100; i++)
            {
                var dealt = task.Draw(new RandomStream(new RandomKey(2, RandomPurpose.RecoveryDeals, i)), variant);
                var deal = new Deal(dealt.Cards, spec.Rule(variant)!.Value);
                var solution = SolutionBook.For(spec.Target).Solutions(deal.Numbers)[0];
                Assert.Equal(new Judgement(Verdict.Correct, true), dealt.Judge(wording.Answer(deal, deal.Numbers, solution)));
                var half = dealt.Judge(wording.Answer(deal, deal.Numbers, solution[..2]));
                Assert.Equal(spec.PartialCredit ? Verdict.Partial : Verdict.Illegal, half.Verdict);
                Assert.True(dealt.Feedback(half).Length <= task.Format.Feedback);
                var unseen = dealt.Judge(wording.Answer(deal with { Cards = [1, 1, 1, 1] }, [1, 1, 1, 1], solution));
                Assert.Equal(spec.Recognition && deal.Cards.Any(card => card != 1) ? Verdict.WrongRecognition : Verdict.Correct, unseen.Verdict);
            }
        }
    }

    [Fact]
    public void Judge_AnyFormula_AgreesWithAPlainEvaluation() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(ArbMap.Default.ArbFor<uint>(), seed =>
    {
        var random = new RandomStream(new RandomKey(seed, RandomPurpose.BaseData, 5));
        var deal = Deal.Draw(random, ExampleSource.AnyRule(random), SolutionBook.For(24));
        var solutions = SolutionBook.For(24).Solutions(deal.Numbers);
        var formula = (random.NextInt(2) == 0 ? solutions[random.NextInt(solutions.Count)] : Expression.Random(random, deal.Numbers).Tokens()).ToList();
        for (var changes = random.NextInt(3); changes > 0 && formula.Count > 0; changes--)
        {
            formula[random.NextInt(formula.Count)] = random.NextInt(2) == 0 ? Vocabulary.Number(random.NextInt(14)) : Vocabulary.Plus + random.NextInt(6);
        }

        var read = PlainJudge.Read(Vocabulary.Text([.. formula]).Replace(" ", "_", StringComparison.Ordinal));
        var expected = read is not { } value ? Verdict.Illegal
            : !value.Numbers.Order().SequenceEqual(deal.Numbers.Order()) ? Verdict.WrongNumbers
            : value.Numerator == 24 * value.Denominator ? Verdict.Correct : Verdict.WrongValue;
        return Judge.Formula(deal.Numbers, 24, [.. formula]) == expected;
    }));

    [Fact]
    public void Prompt_OriginalWording_DecodesToTheOriginalsText()
    {
        var wording = Specs["original wording"].WordingForm();
        foreach (var rule in Enum.GetValues<FaceRule>())
        {
            var deal = new Deal([1, 10, 11, 13], rule);
            Assert.Equal(OriginalWording.Prompt(deal, 24), wording.Text(wording.Prompt(deal)));
            var solution = FormulaReader.Tokens("(1+10)*11-13")!;
            Assert.Equal(OriginalWording.Answer(deal, deal.Numbers, "(1+10)*11-13", 24), wording.Text(wording.Answer(deal, deal.Numbers, solution)));
        }
    }

    [Fact]
    public void Clusters_HandsHeldOut_AreNeverTrainedOn()
    {
        var task = new GeneralPointsSpec { HoldOut = 0.25 }.Create();
        var evaluated = Enum.GetValues<EvaluationVariant>()[..2].SelectMany(task.Clusters).Select(cluster => cluster.Name).ToHashSet();
        Assert.InRange(evaluated.Count / 1362.0, 0.2, 0.3);
        for (uint i = 0; i < 2000; i++)
        {
            Assert.DoesNotContain(task.Draw(new RandomStream(new RandomKey(3, RandomPurpose.RecoveryDeals, i)), (EvaluationVariant)(i % 2)).Cluster, evaluated);
            var solve = Example(task, ExampleKind.Solve, i);
            Assert.DoesNotContain(string.Join('-', solve.Tokens[2..6].Select(Vocabulary.NumberOf).Order()), evaluated);
        }
    }

    [Fact]
    public void Clusters_ThirdRule_DealOnlyCardsThatCountTheirValues()
    {
        var task = new GeneralPointsSpec { HeldOut = FaceRule.FacesAsFiveSixSeven }.Create();
        var clusters = task.Clusters(EvaluationVariant.HeldOut);
        Assert.NotEmpty(clusters);
        foreach (var deal in clusters.SelectMany(cluster => cluster.Deals(new RandomStream(new RandomKey(1, RandomPurpose.EvaluationDeals, 2, cluster.Number)), 2)))
        {
            Assert.True(deal.Cards.Max() >= Deal.FirstFace);
            Assert.Equal(deal.Cluster, string.Join('-', deal.Cards.Select(rank => FaceRule.FacesAsFiveSixSeven.Value(rank)).Order()));
        }
    }

    [Fact]
    public void Example_SameKey_IsTheSameForEveryInstanceAndOtherSeedsDiffer()
    {
        foreach (var spec in Specs.Values)
        {
            Assert.Equal(Example(spec.Create(), ExampleKind.FineTuning, 9).Tokens, Example(spec.Create(), ExampleKind.FineTuning, 9).Tokens);
            Assert.NotEqual(Example(spec.Create(), ExampleKind.FineTuning, 9).Tokens, Example(spec.Create(), ExampleKind.FineTuning, 10).Tokens);
        }
    }

    [Theory]
    [InlineData("target", -1)]
    [InlineData("target", 61)]
    public void Validate_ImpossibleTarget_NamesIt(string field, int target) => Assert.Equal([$"task.{field}"], new GeneralPointsSpec { Target = target }.Validate().Select(problem => problem.Field));

    public static TheoryData<string, GeneralPointsSpec> Broken => new()
    {
        { "task.outOfDistribution", new() { InDistribution = FaceRule.FacesAsRanks } },
        { "task.heldOut", new() { HeldOut = FaceRule.FacesAsRanks } },
        { "task.prompts", new() { HeldOut = FaceRule.FacesAsFiveSixSeven, Prompts = PromptArm.Rules } },
        { "task.prompts", new() { Wording = WordingKind.Original, Prompts = PromptArm.Layouts } },
        { "task.holdOut", new() { HoldOut = 0.01 } },
        { "task.holdOut", new() { HoldOut = double.NaN } },
        { "task.holdOut", new() { HoldOut = 0.95 } },
        { "task.referenceSolutions", new() { ReferenceSolutions = 0 } },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void Validate_BrokenOption_NamesItAndOnlyIt(string field, GeneralPointsSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        Assert.Equal([field], spec.Validate().Select(problem => problem.Field));
    }

    private static TrainingExample Example(ITask task, ExampleKind kind, uint number) => task.Example(kind, new RandomStream(new RandomKey(1, RandomPurpose.SftData, number)), corruption: 0.5);
}
