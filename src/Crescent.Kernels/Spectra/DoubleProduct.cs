using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Crescent.Kernels.Spectra;

/// <summary>A part of a matrix as an operand: element (i, j) at <c>start[i * row + j * column]</c>. One of the two strides is 1.</summary>
internal readonly unsafe struct Operand(double* start, nint row, nint column)
{
    public double* Start { get; } = start;
    public nint Row { get; } = row;
    public nint Column { get; } = column;

    public Operand Transposed => new(Start, Column, Row);

    public Operand From(int i, int j) => new(Start + (i * Row) + (j * Column), Row, Column);
}

/// <summary>Matrix products in double precision; one chain over k an element, whatever the blocking (<see cref="ProductTile"/>).</summary>
internal static unsafe class DoubleProduct
{
    /// <summary>Steps of k packed at a time: a panel of 32 KiB stays in the first cache.</summary>
    private const int DepthBlock = 256;

    /// <summary>C[m, n] = A[m, k] B[k, n], C += A B, or C -= A B. C is stored row by row.</summary>
    [SkipLocalsInit]
    public static void Run(int m, int n, int k, Operand a, Operand b, Operand c, Accumulation mode)
    {
        var panel = stackalloc double[(Math.Min(k, DepthBlock) * ProductTile.Columns) + 8];
        panel = (double*)(((nuint)panel + 63) & ~(nuint)63);
        if (k == 0 && mode == Accumulation.Set)
        {
            for (var i = 0; i < m; i++)
            {
                new Span<double>(c.Start + (i * c.Row), n).Clear();
            }
        }

        for (var k0 = 0; k0 < k; k0 += DepthBlock)
        {
            var depth = Math.Min(DepthBlock, k - k0);
            for (var j = 0; j < n; j += ProductTile.Columns)
            {
                var columns = Math.Min(ProductTile.Columns, n - j);
                Pack(depth, columns, b.From(k0, j), panel, mode == Accumulation.Subtract);
                for (var i = 0; i < m; i += ProductTile.Rows)
                {
                    var from = a.From(i, k0);
                    ProductTile.Run(Math.Min(ProductTile.Rows, m - i), columns, depth, from.Start, from.Row, from.Column, panel, c.From(i, j).Start, c.Row, mode != Accumulation.Set || k0 > 0);
                }
            }
        }
    }

    private static void Pack(int depth, int columns, Operand b, double* panel, bool negative)
    {
        if (columns < ProductTile.Columns || b.Column != 1)
        {
            PackAny(depth, columns, b, panel, negative);
            return;
        }

        var sign = Vector512.Create(negative ? -0.0 : 0.0);
        for (var x = 0; x < depth; x++, panel += ProductTile.Columns)
        {
            var row = b.Start + (x * b.Row);
            (Vector512.Load(row) ^ sign).Store(panel);
            (Vector512.Load(row + 8) ^ sign).Store(panel + 8);
        }
    }

    private static void PackAny(int depth, int columns, Operand b, double* panel, bool negative)
    {
        if (columns < ProductTile.Columns)
        {
            new Span<double>(panel, depth * ProductTile.Columns).Clear();
        }

        for (var y = 0; y < columns; y++)
        {
            var from = b.Start + (y * b.Column);
            var to = panel + y;
            for (var x = 0; x < depth; x++)
            {
                var value = from[x * b.Row];
                to[x * ProductTile.Columns] = negative ? -value : value;
            }
        }
    }
}

internal enum Accumulation
{
    Set,
    Add,
    Subtract,
}
