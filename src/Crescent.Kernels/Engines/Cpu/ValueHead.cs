using Crescent.Kernels.Models;
using Crescent.Kernels.Numerics;

namespace Crescent.Kernels.Engines.Cpu;

/// <summary>
/// The critic on top of the decoder: V = W3 relu(W2 relu(W1 x + b1) + b2) + b3 of the final norm's output x at the position that predicts a token, sizes d -> d/4 -> d/8 -> 1 (arXiv 2501.17161).
/// </summary>
internal sealed unsafe class ValueHead
{
    private readonly DecoderParameters parameters;
    private readonly (int Weight, int Bias, int Inputs, int Outputs)[] layers;

    public ValueHead(DecoderSpec model, DecoderParameters parameters)
    {
        this.parameters = parameters;
        var offsets = parameters.Slots.ToDictionary(slot => slot.Name, slot => slot.Offset, StringComparer.Ordinal);
        layers = [.. DecoderLayout.ValueHeadSizes(model).Select((size, i) => (offsets[DecoderLayout.ValueWeight(i)], offsets[DecoderLayout.ValueBias(i)], size.Inputs, size.Outputs))];
        Length = layers.Sum(layer => layer.Outputs);
    }

    /// <summary>Floats of the layers' outputs, end to end.</summary>
    public int Length { get; }

    /// <param name="x">The final norm's output.</param>
    /// <param name="outputs">Receives every layer's output, the value last.</param>
    public float Forward(float* x, float* outputs)
    {
        var input = x;
        for (var i = 0; i < layers.Length; i++)
        {
            var (weight, bias, inputs, size) = layers[i];
            for (var row = 0; row < size; row++)
            {
                var z = Lanes.Dot(parameters.At(weight) + (nint)row * inputs, input, inputs) + parameters.At(bias)[row];
                outputs[row] = i + 1 < layers.Length && z < 0 ? 0 : z;
            }

            input = outputs;
            outputs += size;
        }

        return input[0];
    }

    /// <summary>Adds v grad V.</summary>
    /// <param name="outputs">What <see cref="Forward"/> filled; overwritten.</param>
    /// <param name="gradients">Of the head's own parameters; null: those are left alone.</param>
    /// <param name="dx">Of the final norm's output; null: the gradient stops at the head.</param>
    public void Backward(float* x, float* outputs, float v, DecoderGradients? gradients, float* dx)
    {
        var end = outputs + Length;
        end[-1] = v;
        for (var i = layers.Length - 1; i >= 0; i--)
        {
            var (weight, bias, inputs, size) = layers[i];
            var dz = end - size;
            var input = i == 0 ? x : dz - inputs;
            for (var row = 0; gradients is not null && row < size; row++)
            {
                gradients.At(bias)[row] += dz[row];
                Accumulate(gradients.At(weight) + (nint)row * inputs, input, dz[row], inputs);
            }

            if (i == 0)
            {
                for (var row = 0; dx is not null && row < size; row++)
                {
                    Accumulate(dx, parameters.At(weight) + (nint)row * inputs, dz[row], inputs);
                }

                return;
            }

            // Each input is needed for its slope once more, so it is replaced by its gradient only now.
            for (var column = 0; column < inputs; column++)
            {
                var sum = 0f;
                for (var row = 0; row < size && input[column] > 0; row++)
                {
                    sum += dz[row] * parameters.At(weight)[(nint)row * inputs + column];
                }

                input[column] = sum;
            }

            end = dz;
        }
    }

    private static void Accumulate(float* target, float* source, float factor, int count)
    {
        for (var i = 0; factor != 0 && i < count; i++)
        {
            target[i] += factor * source[i];
        }
    }
}
