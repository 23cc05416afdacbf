using Crescent.Kernels.Presets;
using Crescent.Kernels.Sft;
using Crescent.Kernels.Tasks;
using Crescent.Kernels.Tasks.GeneralPoints;

namespace Crescent.Kernels.Tests.Sft;

public sealed class TrainingDataTests
{
    private static readonly NanoPreset Nano = new();

    [Fact]
    public void Example_OfTheBaseMixture_HasItsSharesAndFormats()
    {
        var data = new BaseData(Nano.BaseTraining(1));
        var examples = Enumerable.Range(0, 4000).Select(row => data.Example(3, row)).ToList();
        Assert.InRange(examples.Count(e => e.Tokens[1] == Vocabulary.Map) / 4000.0, 0.08, 0.12);
        Assert.InRange(examples.Count(e => e.Tokens[1] == Vocabulary.Eval) / 4000.0, 0.035, 0.065);
        Assert.InRange(examples.Count(e => e.Tokens[1] == Vocabulary.Solve) / 4000.0, 0.47, 0.53);
        var deals = examples.Where(e => e.Tokens[1] == Vocabulary.Deal).ToList();
        Assert.InRange(deals.Count(e => e.AnswerStart > Dialogue.PromptLength) / 4000.0, 0.18, 0.22);
        var clean = deals.Where(e => e.AnswerStart == Dialogue.PromptLength).Select(IsCorrect).ToList();
        Assert.InRange(clean.Count(correct => correct) / (double)clean.Count, 0.06, 0.17);
        Assert.All(examples, e => Assert.True(e.Tokens.Length <= Nano.Model.MaxPositions && e.Tokens[^1] == Vocabulary.Eos && e.Tokens.All(token => token is >= 0 and < Vocabulary.Size)));
    }

    [Fact]
    public void Example_OfSft_IsACorrectInDistributionAnswer()
    {
        var data = new SftData(Nano.Sft(1));
        for (var row = 0; row < 500; row++)
        {
            var example = data.Example(0, row);
            Assert.Equal(Vocabulary.FacesAsTen, example.Tokens[2]);
            Assert.True(IsCorrect(example));
        }
    }

    [Fact]
    public void Example_SameStepAndRow_IsTheSameWhateverCameBefore()
    {
        var data = new SftData(Nano.Sft(1));
        var first = data.Example(5, 7).Tokens;
        data.Example(5, 6);
        Assert.Equal(first, new SftData(Nano.Sft(1)).Example(5, 7).Tokens);
        Assert.NotEqual(first, data.Example(7, 5).Tokens);
        Assert.NotEqual(first, new SftData(Nano.Sft(2)).Example(5, 7).Tokens);
    }

    [Fact]
    public void Batch_TwoExamples_SupervisesTheAnswersOnly()
    {
        var batch = TrainingExample.Batch([new TrainingExample([1, 2, 3, 4], 3), new TrainingExample([5, 6, 7], 1)]);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7], batch.Tokens);
        Assert.Equal([0, 4, 7], batch.Offsets);
        Assert.Equal([3, 5, 6], batch.Targets);
    }

    private static bool IsCorrect(TrainingExample example)
    {
        var rule = example.Tokens[2] == Vocabulary.FacesAsTen ? FaceRule.FacesAsTen : FaceRule.FacesAsRanks;
        var deal = new Deal([.. example.Tokens[3..7].Select(token => token - Vocabulary.Card(1) + 1)], rule);
        return Judge.Answer(deal, 24, example.Tokens.AsSpan(example.AnswerStart)) == new Judgement(Verdict.Correct, true);
    }
}
