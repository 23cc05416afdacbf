using Crescent.Kernels.Numerics;
using Crescent.Kernels.Tests.Engines.Cpu;

namespace Crescent.Kernels.Tests.Numerics;

/// <summary>Products against a scalar chain of fused multiply-adds: equal to the bit.</summary>
public sealed unsafe class ProductTests
{
    [Theory]
    [InlineData(1, 1, 1, false)]
    [InlineData(8, 32, 16, true)]
    [InlineData(13, 75, 33, true)]
    [InlineData(40, 31, 1100, true)]
    [InlineData(9, 40, 600, false)]
    [InlineData(7, 96, 5, false)]
    public void Multiply_AnyShape_IsOneChainPerElement(int m, int n, int k, bool accumulate)
    {
        var (a, b, c) = (SmallModels.Random(m * k, 1), SmallModels.Random(k * n, 2), SmallModels.Random(m * n, 3));
        float[] bTransposed = [.. Enumerable.Range(0, n * k).Select(i => b[i % k * n + i / k])];
        var expected = new float[m * n];
        for (var i = 0; i < m; i++)
        {
            for (var j = 0; j < n; j++)
            {
                var sum = accumulate ? c[i * n + j] : 0;
                for (var x = 0; x < k; x++)
                {
                    sum = MathF.FusedMultiplyAdd(a[i * k + x], b[x * n + j], sum);
                }

                expected[i * n + j] = sum;
            }
        }

        PackedMatrix packed = new(k, n);
        fixed (float* pa = a, pb = b, pt = bTransposed)
        {
            foreach (var transposed in new[] { false, true })
            {
                if (transposed)
                {
                    packed.PackTransposed(pt);
                }
                else
                {
                    packed.Pack(pb);
                }

                float[] actual = [.. c];
                fixed (float* pc = actual)
                {
                    packed.Multiply(m, pa, k, pc, n, accumulate);
                }

                Assert.Equal(expected, actual);
            }
        }
    }

    [Theory]
    [InlineData(5, 3, 17)]
    [InlineData(100, 70, 700)]
    public void OuterProduct_InParts_IsOneChainPerElement(int m, int n, int tokens)
    {
        var (a, b, c) = (SmallModels.Random(tokens * m, 1), SmallModels.Random(tokens * n, 2), SmallModels.Random(m * n, 3));
        float[] expected = [.. c];
        for (var i = 0; i < m * n; i++)
        {
            for (var t = 0; t < tokens; t++)
            {
                expected[i] = MathF.FusedMultiplyAdd(a[t * m + i / n], b[t * n + i % n], expected[i]);
            }
        }

        OuterProduct product = new(m, n);
        product.Reserve(tokens);
        var half = tokens / 2;
        fixed (float* pa = a, pb = b, pc = c)
        {
            product.PackLeft(0, half, pa, m);
            product.PackLeft(half, tokens - half, pa + half * m, m);
            product.PackRight(0, tokens, pb, n);
            for (var task = product.Tasks - 1; task >= 0; task--)
            {
                product.Run(task, tokens, pc);
            }
        }

        Assert.Equal(expected, c);
    }
}
