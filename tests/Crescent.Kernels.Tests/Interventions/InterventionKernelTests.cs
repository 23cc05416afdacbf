using System.Text;
using Crescent.Kernels.Engines;
using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Interventions;
using Crescent.Kernels.Jobs;
using Crescent.Kernels.Models;
using Crescent.Kernels.Presets;
using Crescent.Kernels.Spectra;
using Crescent.Kernels.Tasks.GeneralPoints;
using Crescent.Kernels.Tensors;
using Crescent.Kernels.Tests.Engines;
using Crescent.Kernels.Tests.Jobs;
using Crescent.Kernels.Tests.Spectra;

namespace Crescent.Kernels.Tests.Interventions;

public sealed class InterventionKernelTests
{
    private static readonly TinyPreset Tiny = new();
    private static readonly TensorSet Source = RandomWeights.Of(Tiny.Model, 1);
    private static readonly TensorSet Target = RandomWeights.Of(Tiny.Model, 2, 0.02f, Source);

    private static readonly InterventionSpec Spec = new()
    {
        Seed = 9,
        Model = Tiny.Model,
        Evaluation = Tiny.Evaluation(1) with { Tries = 1 },
        Edits = [new InterventionEdit(InterventionKind.RestoreValues, 1), new InterventionEdit(InterventionKind.RestoreDirections, 0.2)],
        RandomDraws = 2,
    };

    private static MemoryJob Job(InterventionSpec? spec = null, TensorSet? source = null) =>
        new(JobJson.Write(spec ?? Spec), new Dictionary<string, byte[]> { ["source"] = RandomWeights.Bytes(source ?? Source), ["target"] = RandomWeights.Bytes(Target) });

    private static InterventionResult Run(MemoryJob job, IEngineFactory? engines = null)
    {
        new InterventionKernel(engines ?? new NearnessEngines()).Run(job);
        return JobJson.Read<InterventionResult>(Encoding.UTF8.GetString(job.Artifacts[InterventionKernel.Artifact]));
    }

    [Fact]
    public void Run_TwoEdits_EvaluatesEachBesideItsControls()
    {
        var engines = new NearnessEngines();
        var job = Job();
        var result = Run(job, engines);
        Assert.Equal((job.InputHash("source"), job.InputHash("target")), (result.Source, result.Target));
        Assert.Equal(Spec.Edits, result.Outcomes.Select(outcome => outcome.Edit));
        Assert.Equal([0, 2], result.Outcomes.Select(outcome => outcome.RandomDirections.Count));
        Assert.Equal(2 + 2 + 4, engines.Created);
        Assert.All(result.Outcomes, outcome => Assert.Equal(outcome.ChangeNorm / outcome.FullNorm, outcome.RollbackScale));
        Assert.All(result.Outcomes, outcome => Assert.False(outcome.Saturated));
        var share = Evaluator.Summarise(result.SourceRecord).ReportingOutOfDistribution.FirstTry;
        Assert.True(share > Evaluator.Summarise(result.TargetRecord).ReportingOutOfDistribution.FirstTry);
        Assert.Equal(2, JobJson.Read<InterventionSummary[]>(job.Payload(OutcomeKinds.Completed, 0)).Length);
    }

    [Fact]
    public void Run_Rollback_HasTheNormOfTheEdit()
    {
        var engines = new NearnessEngines();
        var result = Run(Job(), engines);
        var change = result.Outcomes[1].ChangeNorm;
        // Models in order: source, target, edit, rollback, edit, rollback, draw, draw.
        Assert.All(engines.DistancesFromTarget.Skip(4), distance => Assert.Equal(change, distance, 1e-4 * change));
    }

    [Fact]
    public void Run_SourceIsTheTarget_IsSaturated()
    {
        var result = Run(Job(source: Target));
        Assert.All(result.Outcomes, outcome => Assert.Equal((true, 1.0), (outcome.Saturated, outcome.RollbackScale)));
    }

    [Fact]
    public void Run_OriginalSwapOfABadBasis_IsFlaggedSaturated()
    {
        var result = Run(Job(Spec with { Edits = [new InterventionEdit(InterventionKind.SwapDirections, 0.9)] }, RandomWeights.Of(Tiny.Model, 3, 0.02f)));
        var outcome = Assert.Single(result.Outcomes);
        Assert.True(outcome.ChangeNorm > outcome.FullNorm);
        Assert.Equal((true, 1.0, 0), (outcome.Saturated, outcome.RollbackScale, outcome.RandomDirections.Count));
    }

    [Fact]
    public void Run_StoppedAnywhere_ResumesToSameBytes()
    {
        var spec = Spec with { Edits = [Spec.Edits[1]], RandomDraws = 1 };
        var whole = Job(spec);
        Run(whole);
        foreach (var stop in new[] { 1, 12 })
        {
            var job = Job(spec);
            (job.SnapshotDue, job.StopAt) = (true, stop);
            Assert.Throws<OperationCanceledException>(() => Run(job));
            job.SnapshotDue = false;
            var engines = new NearnessEngines();
            Run(job, engines);
            Assert.Equal(whole.Hashes[InterventionKernel.Artifact], job.Hashes[InterventionKernel.Artifact]);
            Assert.Equal(stop < 12 ? 5 : 4, engines.Created);
        }
    }

    [Fact]
    public void Run_InvalidSpec_NamesEachField()
    {
        var error = Assert.Throws<CrescentException>(() => Run(Job(Spec with { Edits = [new InterventionEdit(InterventionKind.RestoreValues, 0.5)], RandomDraws = -1 })));
        Assert.Equal("spec-invalid", error.Code);
        Assert.Equal(["randomDraws", "edits[0].rankShare"], error.Problems.Select(problem => problem.Field));
    }

    /// <summary>Engines that solve the larger a share of the deals the nearer their weights are to the source's.</summary>
    private sealed class NearnessEngines : IEngineFactory
    {
        public string Name => "scripted";

        public int Created => DistancesFromTarget.Count;

        public List<double> DistancesFromTarget { get; } = [];

        public IEngine Create(DecoderSpec model, TensorSet weights)
        {
            DistancesFromTarget.Add(Distance(weights, Target));
            var nearness = 1 - Math.Min(1, Distance(weights, Source) / (2 * Distance(Target, Source)));
            return new ScriptedEngine(prompt => Answer(prompt, nearness));
        }

        private static double Distance(TensorSet a, TensorSet b) => Math.Sqrt(
            a.Tensors.Where(tensor => tensor.Name.Contains("_proj", StringComparison.Ordinal)).Sum(tensor => DoubleMatrix.From(tensor).Plus(-1, DoubleMatrix.From(b[tensor.Name])).SquaredNorm()));

        private static int[] Answer(int[] prompt, double nearness)
        {
            var deal = new Deal([.. prompt[3..7].Select(token => token - Vocabulary.Card(1) + 1)], prompt[2] == Vocabulary.FacesAsTen ? FaceRule.FacesAsTen : FaceRule.FacesAsRanks);
            var chance = prompt[3..7].Aggregate(0, (hash, token) => ((hash * 31) + token) % 101) / 101.0;
            return chance < nearness ? Dialogue.Answer(deal.Numbers, SolutionBook.For(24).Solutions(deal.Numbers)[0], 24) : [Vocabulary.Eos];
        }
    }
}
