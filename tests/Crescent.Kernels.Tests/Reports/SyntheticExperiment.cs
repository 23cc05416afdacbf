using Crescent.Kernels.Claims;
using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Interventions;
using Crescent.Kernels.Models;
using Crescent.Kernels.Randomness;
using Crescent.Kernels.Reports;
using Crescent.Kernels.Spectra;
using Crescent.Kernels.Tasks.GeneralPoints;

namespace Crescent.Kernels.Tests.Reports;

/// <summary>
/// Records of an experiment that nobody ran, shaped like one that was: OOD accuracy rises to .42 and falls to .10, RL from step 300 gains within tries, 28 matrices rotate about as far as their null. Deals are shared by all records, clustered in pairs.
/// </summary>
public static class SyntheticExperiment
{
    private static readonly (int Step, double Id, double Ood, double OodWithin)[] Curve =
    [
        (0, .127, .053, .356), (10, .410, .277, .483), (20, .581, .423, .551), (40, .694, .399, .521), (100, .848, .311, .421), (200, .895, .211, .293), (300, .923, .170, .212), (400, .955, .142, .183), (800, .984, .104, .133),
    ];

    private static readonly (string Role, int Step, double Id, double Ood, double OodWithin)[] Arms =
    [
        (ReportRoles.Recovery, 20, .753, .416, .543), (ReportRoles.Recovery, 100, .882, .336, .467), (ReportRoles.Recovery, 300, .932, .174, .287), (ReportRoles.Recovery, 800, .983, .100, .147),
        (ReportRoles.ShuffledReward, 300, .915, .168, .214), (ReportRoles.BothRules, 800, .980, .359, .534),
    ];

    private static readonly (string From, string To, double Degrees, double Null, double Change, double NullChange)[] Pairs =
        [("base", "best", 1.9, 1.3, .0024, .0030), ("best", "end", 6.9, 4.1, .013, .021), ("end", "recovery-300", .75, .52, .0009, .0010)];

    public static DecoderSpec Model { get; } = new() { VocabularySize = 95, HiddenSize = 128, Layers = 4, Heads = 4, KeyValueHeads = 4, FeedForwardSize = 384, MaxPositions = 160 };

    /// <summary>A target that fewer hands reach than 24, so that records are small.</summary>
    private static readonly EvaluationSpec Evaluation = new() { Seed = 1, Model = Model, Task = new GeneralPointsSpec { Target = 150 } };

    private static readonly IReadOnlyList<EvaluationDeal> Deals = EvaluationDeals.Of(Evaluation);

    public static ReportSpec Spec { get; } = new()
    {
        Experiment = "gp-recovery-1",
        Question = "Does RL restore what SFT forgot, and do singular vectors carry it?",
        Seed = 1,
        SpecHash = "9f2c4b7d1e0a5c3388aa4dd6b1f0e2c7a9b8d7c6e5f4031221304f5e6c7d8b9a",
        Engine = "cpu",
        ClaimStep = 300,
        BestStep = 20,
        EndStep = 800,
        Evaluation = Evaluation,
        Points = [.. Curve.Select(c => new ReportPoint(ReportRoles.Sft, c.Step, $"evaluation-sft-{c.Step}")), .. Arms.Select(a => new ReportPoint(a.Role, a.Step, $"evaluation-{a.Role}-{a.Step}"))],
        Spectra = [.. Pairs.Select(p => new ReportPair(p.From, p.To, $"spectra-{p.From}-{p.To}"))],
        Interventions = [new ReportPair("best", "end", "interventions-best-end")],
    };

    /// <summary>Each input of <see cref="Spec"/> by name: an evaluation record, a spectra result or an intervention result.</summary>
    public static IReadOnlyDictionary<string, object> Records { get; } = Build();

    public static ClaimInputs Inputs(ReportSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        string Hash(string name) => Kernels.Jobs.JobJson.Hash(name);
        return new ClaimInputs
        {
            Seed = spec.Seed,
            ClaimStep = spec.ClaimStep,
            BestStep = spec.BestStep,
            EndStep = spec.EndStep,
            Points = [.. spec.Points.Select(p => new ClaimPoint(p.Role, p.Step, (EvaluationRecord)Records[p.Input], Hash(p.Input)))],
            Spectra = [.. spec.Spectra.Select(p => new ClaimPair<SpectraResult>(p.From, p.To, (SpectraResult)Records[p.Input], Hash(p.Input)))],
            Interventions = [.. spec.Interventions.Select(p => new ClaimPair<InterventionResult>(p.From, p.To, (InterventionResult)Records[p.Input], Hash(p.Input)))],
        };
    }

    /// <summary>A record whose accuracies are near the given ones; <paramref name="salt"/> varies the few answers that differ by chance.</summary>
    public static EvaluationRecord Record(double id, double ood, double oodWithin, uint salt)
    {
        var idWithin = Math.Min(1, id + 0.3 * (1 - id) * id);
        return new EvaluationRecord(5, [.. Deals.Select((deal, i) => deal.Variant == EvaluationVariant.InDistribution ? Episode(deal, (uint)i, id, idWithin, salt) : Episode(deal, (uint)i, ood, oodWithin, salt))]);
    }

    private static Dictionary<string, object> Build()
    {
        var records = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var (step, id, ood, within) in Curve)
        {
            records[$"evaluation-sft-{step}"] = Record(id, ood, within, (uint)step);
        }

        foreach (var (role, step, id, ood, within) in Arms)
        {
            records[$"evaluation-{role}-{step}"] = Record(id, ood, within, (uint)(step + role.Length));
        }

        foreach (var (from, to, degrees, nullDegrees, change, nullChange) in Pairs)
        {
            records[$"spectra-{from}-{to}"] = new SpectraResult("aa", "bb", [.. Matrices(degrees, nullDegrees, change, nullChange)]) { Heads = [.. Heads(degrees, nullDegrees)] };
        }

        records["interventions-best-end"] = Interventions();
        return records;
    }

    /// <summary>An episode is solved where its luck, mostly shared by its multiset and by all records, falls under the accuracy.</summary>
    private static EvaluationEpisode Episode(EvaluationDeal deal, uint number, double first, double within, uint salt)
    {
        var cluster = deal.Deal.Cluster;
        var shared = new RandomStream(new RandomKey(7, RandomPurpose.EvaluationDeals, Convert.ToUInt32(Kernels.Jobs.JobJson.Hash(cluster)[..8], 16), (uint)deal.Variant));
        var own = new RandomStream(new RandomKey(7, RandomPurpose.EvaluationDeals, number, 10 + (uint)deal.Variant));
        var noise = new RandomStream(new RandomKey(salt, RandomPurpose.EvaluationSampling, number, (uint)deal.Variant));
        var luck = own.NextDouble() < 0.6 ? shared.NextDouble() : own.NextDouble();
        luck = noise.NextDouble() < 0.12 ? noise.NextDouble() : luck;
        var solvedAt = luck < first ? 1 : luck < within ? 2 + (int)((luck - first) / (within - first) * 4) : 0;
        string[] verdicts = [.. Enumerable.Repeat("wrong-numbers", solvedAt == 0 ? 5 : solvedAt - 1), .. solvedAt > 0 ? ["correct"] : Array.Empty<string>()];
        return new EvaluationEpisode(deal.Variant, deal.Split, deal.Deal.Cards, cluster, solvedAt, verdicts, "( 8 - 2 ) * ( 1 + 3 ) = 24");
    }

    private static IEnumerable<MatrixSpectrum> Matrices(double degrees, double nullDegrees, double change, double nullChange)
    {
        uint index = 0;
        for (var layer = 0; layer < Model.Layers; layer++)
        {
            foreach (var part in DecoderLayout.BlockMatrices)
            {
                var random = new RandomStream(new RandomKey(3, RandomPurpose.SpectralNull, index++));
                double Vary(double value) => value * (0.6 + 0.8 * random.NextDouble());
                double[] values = [.. Enumerable.Range(0, 128).Select(i => 2.4 * Math.Exp(-i / 45.0) * (1 - i / 140.0))];
                double Radians(double angle) => angle * Math.PI / 180;
                var rotations = new[] { 0.10, 0.25, 0.50 }.Select(share =>
                {
                    var (angle, floor) = (Radians(Vary(degrees) * (1 + share)), Radians(Vary(nullDegrees) * (1 + share)));
                    return new SubspaceRotation(share, (int)(share * 128), [angle], [angle], angle, floor * 0.95, floor * 0.9, floor * 1.1, floor, Radians(70), false);
                });
                yield return new MatrixSpectrum(
                    DecoderLayout.Block(layer, part), layer, part, 128, 128, values, [.. values.Select(v => v * (1 + change * random.NextDouble()))], 0.1, Vary(change), Vary(nullChange), 6, 0.017, [.. rotations])
                {
                    Directions = [.. Enumerable.Range(0, 120).Select(i => new DirectionRotation(i, i == 119 ? 9 : 1, Radians(Vary(degrees) * (1 + i / 4.0)), Radians(Vary(degrees) * (1 + i / 4.0)), i < 64 ? Radians(Vary(nullDegrees) * (1 + i / 4.0)) : null, false))],
                };
            }
        }
    }

    private static IEnumerable<MatrixSpectrum> Heads(double degrees, double nullDegrees) =>
        from layer in Enumerable.Range(0, Model.Layers)
        from head in Enumerable.Range(0, Model.Heads)
        from part in new[] { "q-k", "o-v" }
        let angle = degrees * Math.PI / 180 * (1 + (0.1 * head) + (0.05 * layer))
        let floor = nullDegrees * Math.PI / 180
        select new MatrixSpectrum(
            $"model.layers.{layer}.self_attn.{part}.{head}", layer, part, 128, 128, [1, 0.5], [1, 0.5], 0.1, 0.01, 0.012, 6, 0.017, [new SubspaceRotation(0.25, 8, [angle], [angle], angle, floor, floor * 0.9, floor * 1.1, floor, 1, false)])
        {
            Head = head,
        };

    private static InterventionResult Interventions()
    {
        (InterventionKind Kind, double Share, double Id, double Ood, double RollbackId, double RollbackOod, bool Saturated)[] edits =
        [
            (InterventionKind.RestoreValues, 1, .979, .049, .955, .156, false), (InterventionKind.RestoreDirections, .1, .980, .055, .977, .090, false), (InterventionKind.RestoreDirections, .2, .969, .115, .953, .137, false),
            (InterventionKind.RestoreDirections, .4, .943, .195, .939, .232, false), (InterventionKind.SwapDirections, .2, .479, .326, .633, .521, true),
        ];
        return new InterventionResult(
            "aa",
            "bb",
            [
                .. edits.Select((e, i) => new InterventionOutcome(
                    new InterventionEdit(e.Kind, e.Share), e.Saturated ? 20.0 : 4.1, 16.4, e.Saturated ? 1 : 0.25, e.Saturated, Record(e.Id, e.Ood * 0.8, e.Ood, (uint)(100 + i)), Record(e.RollbackId, e.RollbackOod * 0.8, e.RollbackOod, (uint)(200 + i)),
                    e.Kind == InterventionKind.RestoreDirections ? [Record(e.Id, 0.024, 0.03, (uint)(300 + i))] : [])),
                new InterventionOutcome(
                    new InterventionEdit(InterventionKind.RestoreDirections, .2) { Range = RankRange.Tail, Matrices = EditedMatrices.FeedForward, FirstLayer = 2, LastLayer = 3, Reverse = true }, 2.2, 9.1, 0.24, false,
                    Record(.6, .3, .4, 400), Record(.61, .31, .42, 401), [Record(.6, .28, .38, 402)])
                {
                    GaussianChanges = [Record(.62, .37, .5, 403), Record(.61, .38, .51, 404)],
                    RandomSubspaces = [Record(.6, .3, .41, 405)],
                },
            ],
            Record(.633, .398, .521, 1),
            Record(.982, .025, .027, 2));
    }
}
