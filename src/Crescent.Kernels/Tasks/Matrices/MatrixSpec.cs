using System.Text.Json.Serialization;
using Crescent.Kernels.Evaluation;

namespace Crescent.Kernels.Tasks.Matrices;

/// <summary>Which matrices a variant deals.</summary>
/// <param name="Largest">Entries are whole numbers from -Largest to Largest.</param>
public sealed record MatrixShape(int Rows, int Columns, int Largest);

/// <summary>What the two matrix tasks share: matrices of one shape are trained on, those of another are out of distribution; the axis is the shape.</summary>
public abstract record MatrixSpec : TaskSpec
{
    /// <summary>Matrices evaluated of each variant; each with the orders of its rows is one cluster.</summary>
    public int Matrices { get; init; } = 200;

    public abstract MatrixShape InDistribution { get; init; }

    public abstract MatrixShape OutOfDistribution { get; init; }

    [JsonIgnore]
    public override TaskFormat Format => new(
        MatrixVocabulary.Size, MatrixVocabulary.Bos, MatrixVocabulary.Eos, Math.Max(PromptLength(InDistribution), PromptLength(OutOfDistribution)), MatrixVocabulary.MaxNumberLength + 1, Feedback: 3);

    [JsonIgnore]
    public override IReadOnlyList<TaskFact> Facts =>
    [
        new("Task", Title), new("In distribution", Describe(InDistribution)), new("Out of distribution", Describe(OutOfDistribution)),
    ];

    /// <summary>The answer for a matrix.</summary>
    internal abstract long Answer(int[][] matrix);

    /// <summary>First word of the task's prompts.</summary>
    internal abstract int Word { get; }

    private protected abstract string Title { get; }

    internal MatrixShape Shape(EvaluationVariant variant) => variant == EvaluationVariant.InDistribution ? InDistribution : OutOfDistribution;

    public override ITask Create() => new MatrixTask(this);

    public override IReadOnlyList<SpecProblem> Validate(string path = "task")
    {
        var problems = new SpecProblemList(path);
        foreach (var (name, shape) in new[] { ("inDistribution", InDistribution), ("outOfDistribution", OutOfDistribution) })
        {
            problems.Require(shape.Rows is >= 2 and <= MostLines, $"{name}.rows", $"Is {shape.Rows}; use 2 to {MostLines}.");
            problems.Require(shape.Columns is >= 2 and <= MostLines, $"{name}.columns", $"Is {shape.Columns}; use 2 to {MostLines}.");
            problems.Require(shape.Largest is >= 1 and <= MatrixVocabulary.LargestEntry, $"{name}.largest", $"Is {shape.Largest}; use 1 to {MatrixVocabulary.LargestEntry}.");
        }

        problems.Require(InDistribution != OutOfDistribution, "outOfDistribution", "Is the same shape as inDistribution, so nothing is out of distribution; change rows, columns or largest.");
        if (problems.Problems.Count == 0)
        {
            foreach (var (name, shape) in new[] { ("inDistribution", InDistribution), ("outOfDistribution", OutOfDistribution) })
            {
                // A quarter of the matrices is kept for evaluation; twice as many as asked for are found quickly.
                var kept = Enumerable.Range(1, shape.Rows).Aggregate(1.0, (count, row) => count / row * Enumerable.Repeat((2.0 * shape.Largest) + 1, shape.Columns).Aggregate((a, b) => a * b)) / 4;
                problems.Require(kept >= 2.0 * Matrices, $"{name}.largest", $"Leaves about {kept:0} different matrices to evaluate, {Matrices} are asked for; use larger entries or more lines, or fewer matrices.");
            }
        }

        problems.Require(Matrices is >= 100 and <= 5000, "matrices", $"Is {Matrices}; use 100 to 5000.");
        AddOwn(problems);
        return problems.Problems;
    }

    private protected virtual void AddOwn(SpecProblemList problems)
    {
    }

    private const int MostLines = 6;

    private static int PromptLength(MatrixShape shape) => 3 + (shape.Rows * (shape.Columns + 1));

    private static string Describe(MatrixShape shape) => FormattableString.Invariant($"{shape.Rows} x {shape.Columns}, entries -{shape.Largest} to {shape.Largest}");
}

/// <summary>The rank of a matrix; every rank from 1 to the short side is equally frequent.</summary>
public sealed record MatrixRankSpec : MatrixSpec
{
    public override MatrixShape InDistribution { get; init; } = new(4, 5, 4);
    public override MatrixShape OutOfDistribution { get; init; } = new(5, 4, 5);

    [JsonIgnore]
    public override string Kind => TaskKinds.MatrixRank;

    internal override int Word => MatrixVocabulary.Rank;

    private protected override string Title => "Rank of a matrix";

    internal override long Answer(int[][] matrix) => ExactMatrix.Rank(matrix);
}

/// <summary>The determinant of a square matrix.</summary>
public sealed record MatrixDeterminantSpec : MatrixSpec
{
    public override MatrixShape InDistribution { get; init; } = new(2, 2, 4);
    public override MatrixShape OutOfDistribution { get; init; } = new(3, 3, 4);

    [JsonIgnore]
    public override string Kind => TaskKinds.MatrixDeterminant;

    internal override int Word => MatrixVocabulary.Determinant;

    private protected override string Title => "Determinant of a matrix";

    internal override long Answer(int[][] matrix) => ExactMatrix.Determinant(matrix);

    private protected override void AddOwn(SpecProblemList problems)
    {
        foreach (var (name, shape) in new[] { ("inDistribution", InDistribution), ("outOfDistribution", OutOfDistribution) })
        {
            problems.Require(shape.Rows == shape.Columns, $"{name}.columns", $"A {shape.Rows} x {shape.Columns} matrix has no determinant; use as many columns as rows.");
        }
    }
}
