using Crescent.Kernels.Randomness;
using Crescent.Kernels.Tensors;

namespace Crescent.Kernels.Models;

/// <summary>
/// Starting weights of a decoder trained from scratch: normal with standard deviation 0.02 for the embedding and 0.7 / sqrt(inputs) for other matrices, those that write to the residual stream
/// (o_proj, down_proj) divided by sqrt(2 layers) as in GPT-2; gains 1; biases of a value head 0.
/// </summary>
public static class DecoderInitialisation
{
    private const double EmbeddingDeviation = 0.02;
    private const double MatrixGain = 0.7;

    /// <summary>Weights drawn from the stream of each tensor's place in the canonical order, so that one tensor's do not depend on another's size.</summary>
    public static TensorSet Draw(DecoderSpec model, ulong seed)
    {
        var layout = DecoderLayout.Tensors(model);
        return new TensorSet([.. layout.Select((tensor, index) => Draw(model, seed, (uint)index, tensor.Name, tensor.Shape))]);
    }

    /// <summary>A checkpoint with a value head drawn for it.</summary>
    public static TensorSet WithValueHead(DecoderSpec model, TensorSet weights, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(weights);
        var layout = DecoderLayout.Tensors(model);
        return new TensorSet([.. weights.Tensors, .. layout.Index().Where(tensor => tensor.Item.Name.StartsWith(DecoderLayout.ValueHead, StringComparison.Ordinal)).Select(tensor => Draw(model, seed, (uint)tensor.Index, tensor.Item.Name, tensor.Item.Shape))]);
    }

    private static Tensor Draw(DecoderSpec model, ulong seed, uint index, string name, int[] shape)
    {
        var values = new float[shape.Aggregate(1, (product, size) => checked(product * size))];
        if (shape.Length == 1)
        {
            Array.Fill(values, name.StartsWith(DecoderLayout.ValueHead, StringComparison.Ordinal) ? 0 : 1);
            return new Tensor(name, shape, values);
        }

        var deviation = name == DecoderLayout.Embedding ? EmbeddingDeviation : MatrixGain / Math.Sqrt(shape[1]);
        if (name.EndsWith("o_proj.weight", StringComparison.Ordinal) || name.EndsWith("down_proj.weight", StringComparison.Ordinal))
        {
            deviation /= Math.Sqrt(2 * model.Layers);
        }

        RandomStream stream = new(new RandomKey(seed, RandomPurpose.Initialisation, index));
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)(deviation * stream.NextGaussian());
        }

        return new Tensor(name, shape, values);
    }
}
