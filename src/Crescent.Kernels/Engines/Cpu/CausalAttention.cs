using System.Runtime.Intrinsics;
using Crescent.Kernels.Models;
using Crescent.Kernels.Numerics;

namespace Crescent.Kernels.Engines.Cpu;

/// <summary>
/// Grouped-query attention over one whole row, causal: o_i = sum over j up to i of p_ij v_j, p_i = softmax(q_i k_j / sqrt(head size)). The backward pass computes p again instead of keeping it, so nothing quadratic is stored.
/// Queries, keys and values of a token lie end to end, already turned by <see cref="Rotary"/>. Holds scratch memory: one instance a worker.
/// </summary>
internal sealed unsafe class CausalAttention(DecoderSpec model)
{
    private readonly int size = model.HeadSize;
    private readonly int hidden = model.HiddenSize;
    private readonly int keyOffset = model.HiddenSize;
    private readonly int valueOffset = model.HiddenSize + model.KeyValueHeads * model.HeadSize;
    private readonly int width = model.HiddenSize + 2 * model.KeyValueHeads * model.HeadSize;
    private readonly int group = model.Heads / model.KeyValueHeads;
    private readonly int headPanels = Panels.Wide(model.HeadSize);
    private readonly float scale = 1 / MathF.Sqrt(model.HeadSize);
    private AlignedBuffer? scratch;
    private float* keysAcross, valuesAcross, keys, values, queries, gradients, weights, weightGradients;
    private int pitch;

    /// <param name="output">[tokens, hidden].</param>
    public void Forward(int tokens, float* queryKeyValue, float* output)
    {
        Reserve(tokens);
        for (var keyHead = 0; keyHead < model.KeyValueHeads; keyHead++)
        {
            Panels.PackWideTransposed(queryKeyValue + keyOffset + keyHead * size, width, size, tokens, keysAcross, size * MicroKernel.Columns);
            Panels.PackWide(queryKeyValue + valueOffset + keyHead * size, width, tokens, size, values, (nint)tokens * MicroKernel.Columns);
            for (var head = keyHead * group; head < (keyHead + 1) * group; head++)
            {
                for (var i = 0; i < tokens; i += MicroKernel.Rows)
                {
                    var rows = Math.Min(MicroKernel.Rows, tokens - i);
                    Weights(i, rows, queryKeyValue + (nint)i * width + head * size);
                    Multiply(rows, i + rows, weights + (nint)i * pitch, pitch, 1, values, tokens, output + (nint)i * hidden + head * size, hidden, false);
                }
            }
        }
    }

    /// <summary>From the gradient of the output to that of queries, keys and values.</summary>
    public void Backward(int tokens, float* queryKeyValue, float* outputGradient, float* gradient)
    {
        Reserve(tokens);
        for (var keyHead = 0; keyHead < model.KeyValueHeads; keyHead++)
        {
            var key = keyOffset + keyHead * size;
            var value = valueOffset + keyHead * size;
            Panels.PackWideTransposed(queryKeyValue + key, width, size, tokens, keysAcross, size * MicroKernel.Columns);
            Panels.PackWideTransposed(queryKeyValue + value, width, size, tokens, valuesAcross, size * MicroKernel.Columns);
            Panels.PackWide(queryKeyValue + key, width, tokens, size, keys, (nint)tokens * MicroKernel.Columns);
            for (var head = keyHead * group; head < (keyHead + 1) * group; head++)
            {
                Panels.PackWide(queryKeyValue + head * size, width, tokens, size, queries, (nint)tokens * MicroKernel.Columns);
                Panels.PackWide(outputGradient + head * size, hidden, tokens, size, gradients, (nint)tokens * MicroKernel.Columns);
                for (var i = 0; i < tokens; i += MicroKernel.Rows)
                {
                    var rows = Math.Min(MicroKernel.Rows, tokens - i);
                    Weights(i, rows, queryKeyValue + (nint)i * width + head * size);
                    WeightGradients(i, rows, outputGradient + (nint)i * hidden + head * size);
                    Multiply(rows, i + rows, weightGradients + (nint)i * pitch, pitch, 1, keys, tokens, gradient + (nint)i * width + head * size, width, false);
                }

                var first = head == keyHead * group;
                for (var j = 0; j < tokens; j += MicroKernel.Rows)
                {
                    var rows = Math.Min(MicroKernel.Rows, tokens - j);
                    var start = (nint)j * pitch + j;
                    var panel = (nint)j * MicroKernel.Columns;
                    Multiply(rows, tokens - j, weights + start, 1, pitch, gradients + panel, tokens, gradient + (nint)j * width + value, width, !first);
                    Multiply(rows, tokens - j, weightGradients + start, 1, pitch, queries + panel, tokens, gradient + (nint)j * width + key, width, !first);
                }
            }
        }
    }

    /// <summary>Rows i .. i + rows of p; zero to the end of the diagonal tile.</summary>
    private void Weights(int i, int rows, float* query)
    {
        Across(i, rows, query, width, keysAcross, weights);
        for (var row = i; row < i + rows; row++)
        {
            var p = weights + (nint)row * pitch;
            Exponential.Softmax(p, row + 1, scale);
            new Span<float>(p + row + 1, i + MicroKernel.Rows - row - 1).Clear();
        }
    }

    /// <summary>Rows of the gradient of q k: scale p (dp - sum p dp), dp = do v.</summary>
    private void WeightGradients(int i, int rows, float* outputGradient)
    {
        Across(i, rows, outputGradient, hidden, valuesAcross, weightGradients);
        var factor = Vector512.Create(scale);
        for (var row = i; row < i + rows; row++)
        {
            var p = weights + (nint)row * pitch;
            var d = weightGradients + (nint)row * pitch;
            var mean = Vector512.Create(DotPadded(p, d, row + 1));
            for (var j = 0; j <= row; j += Lanes.Count)
            {
                ((Vector512.Load(d + j) - mean) * Vector512.Load(p + j) * factor).Store(d + j);
            }

            new Span<float>(d + row + 1, i + MicroKernel.Rows - row - 1).Clear();
        }
    }

    /// <summary>sum x y over rows of <see cref="pitch"/> elements, of which <paramref name="count"/> count.</summary>
    private static float DotPadded(float* x, float* y, int count)
    {
        var sum = Vector512<float>.Zero;
        for (var j = 0; j < count; j += Lanes.Count)
        {
            sum = Vector512.FusedMultiplyAdd(Lanes.LoadPadded(x + j, count - j, 0), Lanes.LoadPadded(y + j, count - j, 0), sum);
        }

        return Lanes.Sum(sum);
    }

    /// <summary>Products of rows i .. i + rows of A[tokens, size] with every token up to the last of them.</summary>
    private void Across(int i, int rows, float* a, int lda, float* panels, float* c)
    {
        for (var j = 0; j < i + rows; j += MicroKernel.Columns)
        {
            MicroKernel.Full(rows - 1, size, a, lda, 1, panels + (nint)j * size, c + (nint)i * pitch + j, pitch, false);
        }
    }

    /// <summary>C[rows, size] (+)= A[rows, depth] B, B in panels of <paramref name="tokens"/> steps.</summary>
    private void Multiply(int rows, int depth, float* a, nint rowStride, nint stepStride, float* panels, int tokens, float* c, int ldc, bool accumulate)
    {
        for (var j = 0; j < size; j += MicroKernel.Columns)
        {
            MicroKernel.Tile(rows, Math.Min(MicroKernel.Columns, size - j), depth, a, rowStride, stepStride, panels + (nint)j * tokens, c + j, ldc, accumulate);
        }
    }

    private void Reserve(int tokens)
    {
        pitch = Panels.Wide(tokens) * MicroKernel.Columns;
        var square = (nint)Panels.Narrow(tokens) * MicroKernel.Rows * pitch;
        var across = (nint)pitch * size;
        var along = (nint)headPanels * MicroKernel.Columns * tokens;
        var p = AlignedBuffer.Grow(ref scratch, 2 * square + 2 * across + 4 * along);
        weights = p;
        weightGradients = weights + square;
        keysAcross = weightGradients + square;
        valuesAcross = keysAcross + across;
        keys = valuesAcross + across;
        values = keys + along;
        queries = values + along;
        gradients = queries + along;
    }
}
