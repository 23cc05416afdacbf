using System.Security.Cryptography;
using System.Text;
using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Randomness;
using Crescent.Kernels.Sft;

namespace Crescent.Kernels.Tasks.Matrices;

/// <summary>
/// Prompt: <c>bos RANK|DET entries ; entries ; ... sep</c>. Answer: <c>number eos</c>. Feedback: <c>FAIL F_kind sep</c>; the history is kept. A matrix with all orders of its rows is one cluster; a quarter of them, by hash, is kept for evaluation.
/// </summary>
public sealed class MatrixTask(MatrixSpec spec) : ITask
{
    private const int EvaluationPart = 4;

    public TaskFormat Format => spec.Format;

    public long? FineTuningPairs => null;

    public string Text(ReadOnlySpan<int> tokens) => MatrixVocabulary.Text(tokens);

    public IReadOnlyList<IDealCluster> Clusters(EvaluationVariant variant)
    {
        if (variant == EvaluationVariant.HeldOut)
        {
            return [];
        }

        var clusters = new List<IDealCluster>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0u; clusters.Count < spec.Matrices; i++)
        {
            var matrix = DrawMatrix(new RandomStream(new RandomKey((ulong)variant, RandomPurpose.EvaluationMatrices, i)), spec.Shape(variant));
            var name = NameOf(matrix);
            if (IsEvaluated(name) && seen.Add(name))
            {
                clusters.Add(new RowOrders(spec, name, i, matrix));
            }

            if (i == 1000 + (100 * spec.Matrices))
            {
                throw new CrescentException("spec-invalid", $"task.matrices: only {clusters.Count} different matrices of this shape were found; ask for fewer, or use larger entries.");
            }
        }

        return clusters;
    }

    public ITaskDeal Draw(RandomStream random, EvaluationVariant variant) => new Asked(spec, Trained(random, spec.Shape(variant)));

    public TrainingExample Example(ExampleKind kind, RandomStream random, double corruption)
    {
        ArgumentNullException.ThrowIfNull(random);
        switch (kind)
        {
            case ExampleKind.Map:
                var (a, b) = (DrawEntry(random, MatrixVocabulary.LargestEntry), DrawEntry(random, MatrixVocabulary.LargestEntry));
                return Join([MatrixVocabulary.Bos, MatrixVocabulary.Map, MatrixVocabulary.Entry(a), MatrixVocabulary.Entry(b), MatrixVocabulary.Sep], a * b);
            case ExampleKind.Eval:
                var part = DrawMatrix(random, new MatrixShape(2, 2, spec.InDistribution.Largest));
                return Join(Ask(MatrixVocabulary.Eval, part), spec.Answer(part));
            case ExampleKind.Solve:
                var matrix = Trained(random, AnyShape(random));
                return Join(Ask(MatrixVocabulary.Solve, matrix), spec.Answer(matrix));
            case ExampleKind.Revision:
                return Revise(random, Trained(random, AnyShape(random)), corruption);
            default:
                var dealt = Trained(random, kind == ExampleKind.FineTuning ? spec.InDistribution : AnyShape(random));
                return Join(Ask(spec.Word, dealt), Corrupted(random, dealt, corruption));
        }
    }

    private MatrixShape AnyShape(RandomStream random) => random.NextInt(2) == 0 ? spec.InDistribution : spec.OutOfDistribution;

    private TrainingExample Revise(RandomStream random, int[][] matrix, double corruption)
    {
        var answer = Corrupted(random, matrix, corruption);
        var history = new List<int>(Ask(spec.Word, matrix));
        var failures = 1 + random.NextInt(2);
        for (var i = 0; i < failures; i++)
        {
            int[] attempt = random.NextDouble() < 0.1 ? [MatrixVocabulary.Minus, MatrixVocabulary.Eos] : [.. MatrixVocabulary.Number(WrongAnswer(random, matrix)), MatrixVocabulary.Eos];
            history.AddRange(attempt);
            history.AddRange(Feedback(Judge(spec.Answer(matrix), attempt)));
        }

        return Join([.. history], answer);
    }

    private long Corrupted(RandomStream random, int[][] matrix, double corruption) => random.NextDouble() < corruption ? WrongAnswer(random, matrix) : spec.Answer(matrix);

    /// <summary>The right answer of another matrix of the shape, where it differs.</summary>
    private long WrongAnswer(RandomStream random, int[][] matrix)
    {
        var shape = new MatrixShape(matrix.Length, matrix[0].Length, spec.InDistribution.Largest);
        while (true)
        {
            var other = spec.Answer(DrawMatrix(random, shape));
            if (other != spec.Answer(matrix))
            {
                return other;
            }
        }
    }

    private int[][] Trained(RandomStream random, MatrixShape shape)
    {
        while (true)
        {
            var matrix = DrawMatrix(random, shape);
            if (!IsEvaluated(NameOf(matrix)))
            {
                return matrix;
            }
        }
    }

    /// <summary>For ranks, a rank is drawn first and rows beyond it are small combinations of those before; otherwise entries are uniform.</summary>
    private int[][] DrawMatrix(RandomStream random, MatrixShape shape)
    {
        var rank = spec is MatrixRankSpec ? 1 + random.NextInt(Math.Min(shape.Rows, shape.Columns)) : shape.Rows;
        while (true)
        {
            var rows = new int[shape.Rows][];
            for (var i = 0; i < rows.Length; i++)
            {
                rows[i] = i < rank ? [.. Enumerable.Range(0, shape.Columns).Select(_ => DrawEntry(random, shape.Largest))] : Combine(random, rows[..rank], shape.Columns);
            }

            if (spec is not MatrixRankSpec || (ExactMatrix.Rank(rows) == rank && rows.All(row => row.All(entry => Math.Abs(entry) <= shape.Largest))))
            {
                random.Shuffle<int[]>(rows);
                return rows;
            }
        }
    }

    private static int[] Combine(RandomStream random, int[][] rows, int columns)
    {
        var (first, second) = (rows[random.NextInt(rows.Length)], rows[random.NextInt(rows.Length)]);
        var (a, b) = (random.NextInt(3) - 1, random.NextInt(3) - 1);
        return [.. Enumerable.Range(0, columns).Select(j => (a * first[j]) + (b * second[j]))];
    }

    private static int DrawEntry(RandomStream random, int largest) => random.NextInt((2 * largest) + 1) - largest;

    private static string NameOf(int[][] matrix) => string.Join(';', matrix.Select(row => string.Join(' ', row)).Order(StringComparer.Ordinal));

    private static bool IsEvaluated(string name) => SHA256.HashData(Encoding.ASCII.GetBytes(name))[0] % EvaluationPart == 0;

    private static int[] Ask(int word, int[][] matrix) =>
        [MatrixVocabulary.Bos, word, .. matrix.SelectMany(row => row.Select(MatrixVocabulary.Entry).Append(MatrixVocabulary.Row)), MatrixVocabulary.Sep];

    private static TrainingExample Join(int[] prompt, long answer) => new([.. prompt, .. MatrixVocabulary.Number(answer), MatrixVocabulary.Eos], prompt.Length);

    private static Judgement Judge(long right, ReadOnlySpan<int> answer)
    {
        answer = answer.IndexOf(MatrixVocabulary.Eos) is var end and >= 0 ? answer[..end] : answer;
        var verdict = !MatrixVocabulary.IsNumber(answer) ? Verdict.Illegal : answer.SequenceEqual(MatrixVocabulary.Number(right)) ? Verdict.Correct : Verdict.WrongValue;
        return new Judgement(verdict, Recognised: true);
    }

    private static int[] Feedback(Judgement judgement) =>
        [MatrixVocabulary.Fail, judgement.Verdict == Verdict.Illegal ? MatrixVocabulary.FailedIllegal : MatrixVocabulary.FailedValue, MatrixVocabulary.Sep];

    /// <summary>A matrix in several orders of its rows.</summary>
    private sealed class RowOrders(MatrixSpec spec, string name, uint number, int[][] matrix) : IDealCluster
    {
        public string Name => name;

        public uint Number => number;

        public IReadOnlyList<ITaskDeal> Deals(RandomStream random, int wanted)
        {
            var deals = new List<ITaskDeal>();
            const int Attempts = 50;
            for (var attempt = 0; attempt < Attempts && deals.Count < wanted; attempt++)
            {
                var rows = matrix.ToArray();
                random.Shuffle<int[]>(rows);
                var deal = new Asked(spec, rows);
                if (!deals.Exists(other => other.Cards.SequenceEqual(deal.Cards)))
                {
                    deals.Add(deal);
                }
            }

            return deals;
        }
    }

    /// <summary>A matrix that is asked about.</summary>
    private sealed class Asked(MatrixSpec spec, int[][] matrix) : ITaskDeal
    {
        public int[] Cards { get; } = [.. matrix.SelectMany(row => row)];

        public string Cluster => NameOf(matrix);

        public int[] Prompt() => Ask(spec.Word, matrix);

        public Judgement Judge(ReadOnlySpan<int> answer) => MatrixTask.Judge(spec.Answer(matrix), answer);

        public int[] Feedback(Judgement judgement) => MatrixTask.Feedback(judgement);
    }
}
