using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Crescent.Kernels.Numerics;

namespace Crescent.Kernels.Spectra;

/// <summary>
/// Rows of singular vectors while plane rotations turn them: kept in panels of eight columns, each of which stays in the first cache while many sweeps of rotations pass over it, four sweeps at a time.
/// A rotation of rows (j, j + 1) turns [a, b] to [c a + s b, c b - s a].
/// </summary>
internal sealed unsafe class RotationPanels
{
    private const int Width = 8;
    private const int Together = 4;
    private readonly int rows;
    private readonly int panels;
    private readonly AlignedBuffer storage;

    public RotationPanels(DoubleMatrix matrix)
    {
        (rows, panels) = (matrix.Rows, matrix.Stride / Width);
        storage = new AlignedBuffer(2L * rows * matrix.Stride);
        for (var panel = 0; panel < panels; panel++)
        {
            for (var row = 0; row < rows; row++)
            {
                matrix.Row(row).Slice(panel * Width, Width).CopyTo(new Span<double>(At(panel, row), Width));
            }
        }
    }

    /// <summary>The rows in another order, with so many columns.</summary>
    public DoubleMatrix ToMatrix(int[] order, int columns)
    {
        var matrix = new DoubleMatrix(rows, columns);
        for (var panel = 0; panel < panels; panel++)
        {
            for (var row = 0; row < rows; row++)
            {
                new ReadOnlySpan<double>(At(panel, order[row]), Width).CopyTo(matrix.Row(row)[(panel * Width)..]);
            }
        }

        return matrix;
    }

    /// <summary>Rotates one pair of rows.</summary>
    public void Rotate(int a, int b, double cosine, double sine)
    {
        var (c, s) = (Vector512.Create(cosine), Vector512.Create(sine));
        for (var panel = 0; panel < panels; panel++)
        {
            var ra = At(panel, a);
            var rb = At(panel, b);
            var (x, y) = (Vector512.Load(ra), Vector512.Load(rb));
            Vector512.FusedMultiplyAdd(c, x, s * y).Store(ra);
            Vector512.FusedMultiplyAdd(-s, x, c * y).Store(rb);
        }
    }

    /// <summary>Applies sweeps one after the other; sweep i rotates the pairs from <c>sweeps[i].First</c> on.</summary>
    public void Apply(ReadOnlySpan<RotationSweep> sweeps)
    {
        for (var panel = 0; panel < panels; panel++)
        {
            var start = At(panel, 0);
            var i = 0;
            for (; i + Together <= sweeps.Length; i += Together)
            {
                Four(start, sweeps, i);
            }

            for (; i < sweeps.Length; i++)
            {
                One(start, sweeps[i]);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private double* At(int panel, int row) => (double*)storage.Start + (((nint)panel * rows) + row) * Width;

    private static void One(double* panel, RotationSweep sweep)
    {
        var row = panel + ((nint)sweep.First * Width);
        var a = Vector512.Load(row);
        fixed (double* cs = sweep.Pairs)
        {
            for (var j = 0; j < sweep.Count; j++, row += Width)
            {
                var (c, s, x) = (Vector512.Create(cs[2 * j]), Vector512.Create(cs[(2 * j) + 1]), Vector512.Load(row + Width));
                Vector512.FusedMultiplyAdd(c, a, s * x).Store(row);
                a = Vector512.FusedMultiplyAdd(-s, a, c * x);
            }
        }

        a.Store(row);
    }

    /// <summary>Four sweeps in one pass: a row that the first has left is what the second meets next. Each element goes through the same operations as sweep by sweep.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four(double* panel, ReadOnlySpan<RotationSweep> sweeps, int at)
    {
        var (s0, s1, s2, s3) = (sweeps[at], sweeps[at + 1], sweeps[at + 2], sweeps[at + 3]);
        if (s0.First != s1.First || s0.First != s2.First || s0.First != s3.First || s0.Count < s1.Count || s1.Count < s2.Count || s2.Count < s3.Count || s3.Count < Together)
        {
            One(panel, s0);
            One(panel, s1);
            One(panel, s2);
            One(panel, s3);
            return;
        }

        fixed (double* p0 = s0.Pairs, p1 = s1.Pairs, p2 = s2.Pairs, p3 = s3.Pairs)
        {
            // Three rotations of the first sweep, two of the second, one of the third bring them into step.
            var row = panel + ((nint)s0.First * Width);
            var a0 = Vector512.Load(row);
            var x = Turn(ref a0, Vector512.Load(row + Width), p0);
            var a1 = x;
            x = Turn(ref a0, Vector512.Load(row + (2 * Width)), p0 + 2);
            x = Turn(ref a1, x, p1);
            var a2 = x;
            x = Turn(ref a0, Vector512.Load(row + (3 * Width)), p0 + 4);
            x = Turn(ref a1, x, p1 + 2);
            x = Turn(ref a2, x, p2);
            var a3 = x;
            var j = 3;
            for (; j < s3.Count + 3 && j < s0.Count && j - 1 < s1.Count && j - 2 < s2.Count; j++)
            {
                x = Turn(ref a0, Vector512.Load(row + ((j + 1) * Width)), p0 + (2 * j));
                x = Turn(ref a1, x, p1 + (2 * (j - 1)));
                x = Turn(ref a2, x, p2 + (2 * (j - 2)));
                x = Turn(ref a3, x, p3 + (2 * (j - 3)));
                x.Store(row + ((j - 3) * Width));
            }

            // What is left of each sweep, in order; the running rows go to their places first.
            a0.Store(row + (j * Width));
            a1.Store(row + ((j - 1) * Width));
            a2.Store(row + ((j - 2) * Width));
            a3.Store(row + ((j - 3) * Width));
            Rest(row, p0, j, s0.Count);
            Rest(row, p1, j - 1, s1.Count);
            Rest(row, p2, j - 2, s2.Count);
            Rest(row, p3, j - 3, s3.Count);
        }
    }

    private static void Rest(double* row, double* pairs, int from, int count)
    {
        for (var j = from; j < count; j++)
        {
            var a = Vector512.Load(row + (j * Width));
            var out0 = Turn(ref a, Vector512.Load(row + ((j + 1) * Width)), pairs + (2 * j));
            out0.Store(row + (j * Width));
            a.Store(row + ((j + 1) * Width));
        }
    }

    /// <summary>The pair (a, x): what leaves; a becomes the running row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Turn(ref Vector512<double> a, Vector512<double> x, double* pair)
    {
        var (c, s) = (Vector512.Create(pair[0]), Vector512.Create(pair[1]));
        var left = Vector512.FusedMultiplyAdd(c, a, s * x);
        a = Vector512.FusedMultiplyAdd(-s, a, c * x);
        return left;
    }
}

/// <summary>Rotations of adjacent rows, first to last.</summary>
/// <param name="First">The upper row of the first pair.</param>
/// <param name="Count">How many pairs.</param>
/// <param name="Pairs">Cosine and sine of each.</param>
internal readonly record struct RotationSweep(int First, int Count, double[] Pairs);
