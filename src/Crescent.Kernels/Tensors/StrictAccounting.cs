using Crescent.Kernels.Models;

namespace Crescent.Kernels.Tensors;

/// <summary>
/// Every tensor of a model is there, none beside them, each of the right shape. Published spectra have come from weights that silently failed to load: nothing here loads by halves.
/// </summary>
public static class StrictAccounting
{
    /// <summary>What is wrong, tensor by tensor; empty when nothing is.</summary>
    public static IReadOnlyList<SpecProblem> Problems(TensorSet tensors, DecoderSpec model)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        var expected = DecoderLayout.Tensors(model);
        var names = expected.Select(tensor => tensor.Name).ToHashSet(StringComparer.Ordinal);
        var problems = new List<SpecProblem>();
        foreach (var (name, shape) in expected)
        {
            if (!tensors.Contains(name))
            {
                problems.Add(new SpecProblem(name, $"missing; the model needs it with shape {Text(shape)}"));
            }
            else if (!tensors[name].Shape.AsSpan().SequenceEqual(shape))
            {
                problems.Add(new SpecProblem(name, $"has shape {Text(tensors[name].Shape)}; the model needs {Text(shape)}"));
            }
        }

        problems.AddRange(tensors.Tensors.Where(tensor => !names.Contains(tensor.Name)).Select(tensor => new SpecProblem(tensor.Name, $"unexpected, with shape {Text(tensor.Shape)}")));
        return problems;
    }

    /// <param name="source">What the tensors are, for the message: <c>input 'from'</c>.</param>
    /// <exception cref="CrescentException"><c>checkpoint-mismatch</c>, with a problem for each tensor.</exception>
    public static void Check(TensorSet tensors, DecoderSpec model, string source)
    {
        var problems = Problems(tensors, model);
        if (problems.Count > 0)
        {
            var (first, rest) = (problems[0], problems.Count - 1);
            throw new CrescentException(
                "checkpoint-mismatch", $"The checkpoint ({source}) does not fit the model: {first.Field} {first.Message}{(rest > 0 ? $", and {rest} more" : "")}. Use the model spec that it was trained with.")
            {
                Problems = problems,
            };
        }
    }

    private static string Text(int[] shape) => $"[{string.Join(", ", shape)}]";
}
