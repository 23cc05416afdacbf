using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Randomness;
using Crescent.Kernels.Tasks;
using Crescent.Kernels.Tasks.GeneralPoints;
using Crescent.Kernels.Tasks.Matrices;
using FsCheck;
using FsCheck.Fluent;

namespace Crescent.Kernels.Tests.Tasks.Matrices;

public sealed class MatrixTaskTests
{
    private static readonly Dictionary<string, MatrixSpec> Specs = new() { ["rank"] = new MatrixRankSpec(), ["determinant"] = new MatrixDeterminantSpec() };

    public static TheoryData<string> Names => [.. Specs.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Example_EveryKind_FitsTheFormatAndIsTheSameForTheSameKey(string name)
    {
        var task = Specs[name].Create();
        Assert.Empty(Specs[name].Validate());
        foreach (var kind in Enum.GetValues<ExampleKind>())
        {
            for (uint i = 0; i < 200; i++)
            {
                var example = task.Example(kind, new RandomStream(new RandomKey(1, RandomPurpose.SftData, i)), corruption: 0.5);
                Assert.All(example.Tokens, token => Assert.InRange(token, 0, task.Format.VocabularySize - 1));
                Assert.True(example.Tokens.Length - example.AnswerStart <= task.Format.Answer);
                Assert.True(example.Tokens.Length <= task.Format.Dialogue(kind == ExampleKind.Revision ? 3 : 1));
                Assert.Equal(example.Tokens, task.Example(kind, new RandomStream(new RandomKey(1, RandomPurpose.SftData, i)), corruption: 0.5).Tokens);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Example_OfFineTuning_AgreesWithEliminationOverFractions(string name)
    {
        var task = Specs[name].Create();
        var answers = new HashSet<int>();
        for (uint i = 0; i < 300; i++)
        {
            var example = task.Example(ExampleKind.FineTuning, new RandomStream(new RandomKey(4, RandomPurpose.SftData, i)), corruption: 0);
            var matrix = Matrix(task.Text(example.Tokens.AsSpan(0, example.AnswerStart)));
            var answer = int.Parse(task.Text(example.Tokens.AsSpan(example.AnswerStart)).Replace(" ", "", StringComparison.Ordinal).Replace("eos", "", StringComparison.Ordinal));
            var (rank, determinant) = Eliminate(matrix);
            Assert.Equal(name == "rank" ? rank : determinant, answer);
            answers.Add(answer);
        }

        Assert.True(answers.Count >= 4);
    }

    [Fact]
    public void Determinant_AnyMatrix_AgreesWithEliminationOverFractions() => Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<uint>(), seed =>
    {
        var random = new RandomStream(new RandomKey(seed, RandomPurpose.BaseData, 0));
        var size = 1 + random.NextInt(6);
        var matrix = Enumerable.Range(0, size).Select(_ => Enumerable.Range(0, size).Select(_ => random.NextInt(3) == 0 ? 0 : random.NextInt(19) - 9).ToArray()).ToArray();
        var (rank, determinant) = Eliminate(matrix);
        return ExactMatrix.Rank(matrix) == rank && ExactMatrix.Determinant(matrix) == determinant;
    }));

    [Theory]
    [MemberData(nameof(Names))]
    public void Clusters_OfBothVariants_AreOrdersOfRowsAndNeverTrainedOn(string name)
    {
        var task = Specs[name].Create();
        foreach (var variant in new[] { EvaluationVariant.InDistribution, EvaluationVariant.OutOfDistribution })
        {
            var clusters = task.Clusters(variant);
            Assert.Equal(Specs[name].Matrices, clusters.Select(cluster => cluster.Name).Distinct().Count());
            foreach (var deal in clusters.SelectMany(cluster => cluster.Deals(new RandomStream(new RandomKey(1, RandomPurpose.EvaluationDeals, 0, cluster.Number)), 2).Select(deal => (cluster, deal))))
            {
                Assert.Equal(deal.cluster.Name, deal.deal.Cluster);
            }

            var kept = clusters.Select(cluster => cluster.Name).ToHashSet();
            for (uint i = 0; i < 500; i++)
            {
                Assert.DoesNotContain(task.Draw(new RandomStream(new RandomKey(1, RandomPurpose.RecoveryDeals, i)), variant).Cluster, kept);
            }
        }

        Assert.Empty(task.Clusters(EvaluationVariant.HeldOut));
    }

    [Fact]
    public void Judge_Answers_GetTheirVerdict()
    {
        var task = new MatrixDeterminantSpec().Create();
        var deal = task.Draw(new RandomStream(new RandomKey(1, RandomPurpose.RecoveryDeals, 0)), EvaluationVariant.InDistribution);
        var right = (deal.Cards[0] * deal.Cards[3]) - (deal.Cards[1] * deal.Cards[2]);
        Assert.Equal(Verdict.Correct, deal.Judge([.. MatrixVocabulary.Number(right), MatrixVocabulary.Eos]).Verdict);
        Assert.Equal(Verdict.WrongValue, deal.Judge([.. MatrixVocabulary.Number(right + 1)]).Verdict);
        Assert.Equal(Verdict.Illegal, deal.Judge([MatrixVocabulary.Minus, MatrixVocabulary.Eos]).Verdict);
        Assert.Equal(Verdict.Illegal, deal.Judge([]).Verdict);
        Assert.Equal("FAIL F_illegal sep", task.Text(deal.Feedback(deal.Judge([]))));
    }

    public static TheoryData<string, MatrixSpec> Broken => new()
    {
        { "task.outOfDistribution", new MatrixRankSpec { OutOfDistribution = new MatrixShape(4, 5, 4) } },
        { "task.inDistribution.rows", new MatrixRankSpec { InDistribution = new MatrixShape(1, 5, 4) } },
        { "task.outOfDistribution.largest", new MatrixRankSpec { OutOfDistribution = new MatrixShape(5, 4, 10) } },
        { "task.inDistribution.largest", new MatrixRankSpec { InDistribution = new MatrixShape(2, 2, 1) } },
        { "task.inDistribution.columns", new MatrixDeterminantSpec { InDistribution = new MatrixShape(2, 3, 4) } },
        { "task.matrices", new MatrixDeterminantSpec { Matrices = 3 } },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void Validate_BrokenOption_NamesItAndOnlyIt(string field, MatrixSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        Assert.Equal([field], spec.Validate().Select(problem => problem.Field));
    }

    private static int[][] Matrix(string prompt) =>
        [.. prompt.Split(' ', 3)[2].Replace("sep", "", StringComparison.Ordinal).Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(row => row.Split(' ').Select(int.Parse).ToArray())];

    private static (int Rank, long Determinant) Eliminate(int[][] matrix)
    {
        var rows = matrix.Select(row => row.Select(entry => (Rational)entry).ToArray()).ToList();
        var (rank, determinant) = (0, (Rational)1);
        for (var column = 0; column < matrix[0].Length && rank < rows.Count; column++)
        {
            var found = rows.FindIndex(rank, row => row[column] != 0);
            if (found < 0)
            {
                continue;
            }

            determinant *= found == rank ? 1 : -1;
            (rows[rank], rows[found]) = (rows[found], rows[rank]);
            for (var i = rank + 1; i < rows.Count; i++)
            {
                var factor = rows[i][column] / rows[rank][column];
                rows[i] = [.. rows[i].Zip(rows[rank], (a, b) => a - (factor * b))];
            }

            determinant *= rows[rank++][column];
        }

        return (rank, rank == matrix.Length ? (long)determinant.Numerator : 0);
    }
}
