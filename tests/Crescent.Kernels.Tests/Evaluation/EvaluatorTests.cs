using Crescent.Kernels.Accounting;
using Crescent.Kernels.Engines;
using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Jobs;
using Crescent.Kernels.Models;
using Crescent.Kernels.Presets;
using Crescent.Kernels.Tasks.GeneralPoints;
using Crescent.Kernels.Tensors;
using Crescent.Kernels.Tests.Engines;
using Crescent.Kernels.Tests.Jobs;
using Crescent.Kernels.Tests.Spectra;

namespace Crescent.Kernels.Tests.Evaluation;

public sealed class EvaluatorTests
{
    private static readonly EvaluationSpec Spec = new TinyPreset().Evaluation(seed: 1) with { Tries = 3 };

    [Fact]
    public void Run_ModelThatPlaysInDistributionAtOnceAndElseAtTheSecondTry_IsScoredSo()
    {
        using var engine = new ScriptedEngine(prompt => Right(prompt, learnsFromFeedback: true));
        var summary = Evaluator.Summarise(Evaluator.Run(engine, Spec));
        Assert.Equal((1, 1), (summary.ReportingInDistribution.FirstTry, summary.ReportingInDistribution.WithinTries));
        Assert.Equal((0, 1), (summary.ReportingOutOfDistribution.FirstTry, summary.ReportingOutOfDistribution.WithinTries));
        Assert.Equal((0, 1), (summary.ChoosingOutOfDistribution.FirstTry, summary.ChoosingOutOfDistribution.WithinTries));
        Assert.True(summary.ReportingOutOfDistribution.Episodes >= EvaluationDeals.LeastEpisodes);
    }

    [Fact]
    public void Run_ModelThatNeverLearns_UsesAllTriesAndRecordsEachVerdict()
    {
        using var engine = new ScriptedEngine(prompt => Right(prompt, learnsFromFeedback: false));
        var record = Evaluator.Run(engine, Spec);
        var failed = record.Episodes.First(episode => episode.Variant == EvaluationVariant.OutOfDistribution);
        Assert.Equal(0, failed.SolvedAt);
        Assert.Equal(["illegal", "illegal", "illegal"], failed.Verdicts);
    }

    [Fact]
    public void Run_InterruptedAfterAnyBatch_GivesTheSameRecord()
    {
        using var engine = new ScriptedEngine(prompt => Right(prompt, learnsFromFeedback: true));
        var whole = JobJson.Write(Evaluator.Run(engine, Spec));
        for (var stop = 1; stop <= 3; stop++)
        {
            List<EvaluationEpisode> kept = [];
            var batches = 0;
            Assert.Throws<OperationCanceledException>(() => Evaluator.Run(engine, Spec, afterBatch: (episodes, _) =>
            {
                kept = [.. episodes];
                if (++batches == stop)
                {
                    throw new OperationCanceledException();
                }
            }));
            Assert.Equal(whole, JobJson.Write(Evaluator.Run(engine, Spec, kept)));
        }
    }

    [Fact]
    public void Run_UnsolvedEpisodes_AreTheOnlyOnesAskedAgain()
    {
        using var engine = new ScriptedEngine(prompt => Right(prompt, learnsFromFeedback: true));
        var record = Evaluator.Run(engine, Spec);
        Assert.Equal(record.Episodes.Sum(episode => episode.Verdicts.Length), engine.CallSizes.Sum());
    }

    [Fact]
    public void Run_StoppedAnywhere_TellsTheComputeOfAWholeRun()
    {
        var whole = Job();
        new EvaluationKernel(new ScriptedEngines()).Run(whole);
        var use = JobJson.Read<EvaluationSummary>(whole.Payload(OutcomeKinds.Completed, 0)).Compute!;
        Assert.Equal(new ComputeUse(GeneratedTokens: use.GeneratedTokens, Flops: 2 * MeteredEngine.Parameters(Spec.Model) * use.GeneratedTokens), use);
        Assert.Equal(use.Flops, whole.Metrics.Where(metric => metric.Key.Name == "flops").Sum(metric => metric.Value));
        Assert.Equal(use.GeneratedTokens, whole.Metrics.Where(metric => metric.Key.Name == "tokens").Sum(metric => metric.Value));

        var stopped = Job();
        (stopped.SnapshotDue, stopped.StopAt) = (true, 2);
        Assert.Throws<OperationCanceledException>(() => new EvaluationKernel(new ScriptedEngines()).Run(stopped));
        new EvaluationKernel(new ScriptedEngines()).Run(stopped);
        Assert.Equal(whole.Payload(OutcomeKinds.Completed, 0), stopped.Payload(OutcomeKinds.Completed, 0));
        Assert.Equal(whole.Metrics, stopped.Metrics);
    }

    private static MemoryJob Job() => new(JobJson.Write(Spec), new Dictionary<string, byte[]> { ["checkpoint"] = RandomWeights.Bytes(RandomWeights.Of(Spec.Model, 1)) });

    private sealed class ScriptedEngines : IEngineFactory
    {
        public string Name => "scripted";

        public IEngine Create(DecoderSpec model, TensorSet weights) => new ScriptedEngine(prompt => Right(prompt, learnsFromFeedback: true));
    }

    /// <summary>Solves faces-as-10 deals at once; others illegally, or rightly after feedback.</summary>
    private static int[] Right(int[] prompt, bool learnsFromFeedback)
    {
        var rule = prompt[2] == Vocabulary.FacesAsTen ? FaceRule.FacesAsTen : FaceRule.FacesAsRanks;
        var deal = new Deal([.. prompt[3..7].Select(token => token - Vocabulary.Card(1) + 1)], rule);
        var solves = rule == FaceRule.FacesAsTen || (learnsFromFeedback && prompt.Contains(Vocabulary.FailedIllegal));
        return solves ? Dialogue.Answer(deal.Numbers, SolutionBook.For(24).Solutions(deal.Numbers)[0], 24) : [Vocabulary.Sep, Vocabulary.Plus, Vocabulary.Eos];
    }
}
