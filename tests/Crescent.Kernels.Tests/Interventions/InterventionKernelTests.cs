using System.Text;
using Crescent.Kernels.Accounting;
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
        Assert.Equal((1, 2 + 2 + 4), (engines.Engines, engines.Models));
        Assert.All(result.Outcomes, outcome => Assert.Equal(outcome.ChangeNorm / outcome.FullNorm, outcome.RollbackScale));
        Assert.All(result.Outcomes, outcome => Assert.False(outcome.Saturated));
        var share = Evaluator.Summarise(result.SourceRecord).ReportingOutOfDistribution.FirstTry;
        Assert.True(share > Evaluator.Summarise(result.TargetRecord).ReportingOutOfDistribution.FirstTry);
        var summary = JobJson.Read<InterventionsSummary>(job.Payload(OutcomeKinds.Completed, 0));
        Assert.Equal(2, summary.Edits.Count);
        Assert.Equal(summary.Compute.Flops, job.Metrics.Where(metric => metric.Key.Name == "flops").Sum(metric => metric.Value), summary.Compute.Flops * 1e-12);
        Assert.Equal(summary.Compute.GeneratedTokens, job.Metrics.Where(metric => metric.Key.Name == "tokens").Sum(metric => metric.Value));
        double[] making = [0, 0, .. Spec.Edits.SelectMany(edit => Making(edit, draws: edit.Kind == InterventionKind.RestoreDirections ? 2 : 0))];
        Assert.Equal((2 * MeteredEngine.Parameters(Tiny.Model) * summary.Compute.GeneratedTokens) + making.Sum(), summary.Compute.Flops, summary.Compute.Flops * 1e-12);
    }

    /// <summary>Operations of an edit and of its Haar-rotated draws, by hand.</summary>
    private static IEnumerable<double> Making(InterventionEdit edit, int draws)
    {
        foreach (var shape in edit.Tensors(Tiny.Model).Select(name => Source[name].Shape))
        {
            var (rows, columns, rank, k) = (shape[0], shape[1], shape.Min(), edit.Ranks(shape.Min()).Count);
            var (full, values, composed) = (MatrixOperations.Decomposition(rows, columns), MatrixOperations.Values(rows, columns), 2.0 * rows * columns * rank);
            yield return edit.Kind == InterventionKind.RestoreValues ? full + values + composed
                : (2 * full) + values + composed + (2.0 * k * columns * rows) + (2 * 2.0 * k * k * columns) + (2.0 * rows * columns * k);
            yield return draws * (values + composed + MatrixOperations.Formed(rank, rows) + MatrixOperations.Formed(rank, columns));
        }
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
            Assert.Equal(whole.Payload(OutcomeKinds.Completed, 0), job.Payload(OutcomeKinds.Completed, 0));
            Assert.Equal(whole.Metrics, job.Metrics);
            Assert.Equal(stop < 12 ? 5 : 4, engines.Models);
        }
    }

    [Fact]
    public void Run_InvalidSpec_NamesEachField()
    {
        var error = Assert.Throws<CrescentException>(() => Run(Job(Spec with { Edits = [new InterventionEdit(InterventionKind.RestoreValues, 1.5), new InterventionEdit(InterventionKind.RestoreDirections, 0.2) { FirstLayer = 1, LastLayer = 0 }], RandomDraws = -1, GaussianDraws = -2 })));
        Assert.Equal("spec-invalid", error.Code);
        Assert.Equal(["randomDraws", "gaussianDraws", "edits[0].rankShare", "edits[1].lastLayer"], error.Problems.Select(problem => problem.Field));
    }

    [Fact]
    public void Run_AllControls_HaveTheNormOfTheEdit()
    {
        var engines = new NearnessEngines();
        var edit = new InterventionEdit(InterventionKind.RestoreDirections, 0.3) { Range = RankRange.Tail, Matrices = EditedMatrices.Attention, FirstLayer = 1 };
        var result = Run(Job(Spec with { Edits = [edit], RandomDraws = 2, GaussianDraws = 3, SubspaceDraws = 2 }), engines);
        var outcome = Assert.Single(result.Outcomes);
        Assert.Equal((2, 3, 2), (outcome.RandomDirections.Count, outcome.GaussianChanges.Count, outcome.RandomSubspaces.Count));
        Assert.Equal(2 + 2 + 7, engines.Models);
        Assert.All(engines.DistancesFromTarget.Skip(2), distance => Assert.Equal(outcome.ChangeNorm, distance, 1e-4 * outcome.ChangeNorm));
        Assert.True(outcome.FullNorm < engines.DistancesFromTarget[0]);
        // Every draw is another model.
        Assert.Equal(9, engines.Weights.Skip(2).Select(weights => weights[DecoderLayout.Block(1, "self_attn.q_proj")].Values[0]).Distinct().Count());
        Assert.Single(engines.Weights.Skip(1).Select(weights => weights[DecoderLayout.Block(0, "self_attn.q_proj")].Values[0]).Distinct());
    }

    [Fact]
    public void Run_Reverse_EditsTheSourceTowardsTheTarget()
    {
        var engines = new NearnessEngines();
        var result = Run(Job(Spec with { Edits = [new InterventionEdit(InterventionKind.RestoreDirections, 0.3) { Reverse = true }], RandomDraws = 0 }), engines);
        var outcome = Assert.Single(result.Outcomes);
        Assert.True(engines.DistancesFromTarget[2] < engines.DistancesFromTarget[0]);
        Assert.Equal(outcome.FullNorm, engines.DistancesFromTarget[0], 1e-4 * outcome.FullNorm);
        Assert.Equal(outcome.FullNorm - outcome.ChangeNorm, engines.DistancesFromTarget[3], 1e-3 * outcome.FullNorm);
    }

    [Fact]
    public void Run_RankOfNoVectors_IsRefusedBeforeAnyModel()
    {
        var engines = new NearnessEngines();
        var error = Assert.Throws<CrescentException>(() => Run(Job(Spec with { Edits = [Spec.Edits[0], new InterventionEdit(InterventionKind.SwapDirections, 0.999)] }), engines));
        Assert.Equal(("rank-trivial", 0), (error.Code, engines.Models));
    }

    /// <summary>Engines that solve the larger a share of the deals the nearer their weights are to the source's.</summary>
    private sealed class NearnessEngines : IEngineFactory
    {
        public string Name => "scripted";

        public int Engines { get; private set; }

        public int Models => DistancesFromTarget.Count;

        public List<double> DistancesFromTarget { get; } = [];

        public List<TensorSet> Weights { get; } = [];

        public IEngine Create(DecoderSpec model, TensorSet weights)
        {
            Engines++;
            var nearness = 0.0;
            return new ScriptedEngine(prompt => Answer(prompt, nearness), written =>
            {
                Weights.Add(written);
                DistancesFromTarget.Add(Distance(written, Target));
                nearness = 1 - Math.Min(1, Distance(written, Source) / (2 * Distance(Target, Source)));
            });
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
