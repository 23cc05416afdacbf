namespace Crescent;

/// <summary>Collects what is wrong with a spec while it is checked.</summary>
public sealed class SpecProblemList
{
    private readonly List<SpecProblem> problems = [];
    private readonly string path;

    /// <param name="path">Where the spec stands in what the user wrote: <c>sft</c>; empty when it is the whole.</param>
    public SpecProblemList(string path) => this.path = path;

    public IReadOnlyList<SpecProblem> Problems => problems;

    /// <summary>Path of a field of this spec.</summary>
    public string Field(string name) => path.Length == 0 ? name : $"{path}.{name}";

    /// <param name="field">Name inside this spec, camelCase.</param>
    /// <param name="message">What is wrong and the cure.</param>
    public void Require(bool holds, string field, string message)
    {
        if (!holds)
        {
            problems.Add(new SpecProblem(Field(field), message));
        }
    }

    public void Add(IEnumerable<SpecProblem> more) => problems.AddRange(more);

    /// <exception cref="CrescentException"><c>spec-invalid</c> when there is any problem.</exception>
    public static void ThrowIfAny(IReadOnlyList<SpecProblem> problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        if (problems.Count > 0)
        {
            throw new CrescentException("spec-invalid", string.Join(" ", problems.Select(problem => $"{problem.Field}: {problem.Message}"))) { Problems = problems };
        }
    }
}
