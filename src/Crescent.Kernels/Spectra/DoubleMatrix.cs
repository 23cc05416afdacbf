using Crescent.Kernels.Tensors;

namespace Crescent.Kernels.Spectra;

/// <summary>A dense matrix in double precision, rows padded with zeros to a multiple of eight values.</summary>
public sealed class DoubleMatrix
{
    public DoubleMatrix(int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        (Rows, Columns, Stride) = (rows, columns, Spectra.Rows.Padded(columns));
        Values = new double[rows * Stride];
    }

    public int Rows { get; }
    public int Columns { get; }

    /// <summary>Values from one row to the next.</summary>
    public int Stride { get; }

    /// <summary>[rows, stride].</summary>
    public double[] Values { get; }

    public double this[int row, int column]
    {
        get => Values[(row * Stride) + column];
        set => Values[(row * Stride) + column] = value;
    }

    /// <summary>A row with its padding.</summary>
    public Span<double> Row(int row) => Values.AsSpan(row * Stride, Stride);

    public static DoubleMatrix From(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.Shape is not [var rows, var columns])
        {
            throw new ArgumentException($"'{tensor.Name}' is not a matrix.", nameof(tensor));
        }

        var matrix = new DoubleMatrix(rows, columns);
        for (var i = 0; i < rows; i++)
        {
            var row = matrix.Row(i);
            for (var j = 0; j < columns; j++)
            {
                row[j] = tensor.Values[(i * columns) + j];
            }
        }

        return matrix;
    }

    /// <summary>The same values rounded to float32, under a tensor's name.</summary>
    public Tensor ToTensor(string name)
    {
        var values = new float[Rows * Columns];
        for (var i = 0; i < Rows; i++)
        {
            for (var j = 0; j < Columns; j++)
            {
                values[(i * Columns) + j] = (float)this[i, j];
            }
        }

        return new Tensor(name, [Rows, Columns], values);
    }

    public DoubleMatrix Transposed()
    {
        var transposed = new DoubleMatrix(Columns, Rows);
        for (var i = 0; i < Rows; i++)
        {
            for (var j = 0; j < Columns; j++)
            {
                transposed.Values[(j * transposed.Stride) + i] = Values[(i * Stride) + j];
            }
        }

        return transposed;
    }

    /// <summary>The first <paramref name="count"/> rows.</summary>
    public DoubleMatrix Head(int count) => RowRange(0, count);

    /// <summary>The rows from <paramref name="first"/> on, <paramref name="count"/> of them.</summary>
    public DoubleMatrix RowRange(int first, int count)
    {
        var part = new DoubleMatrix(count, Columns);
        Values.AsSpan(first * Stride, part.Values.Length).CopyTo(part.Values);
        return part;
    }

    /// <summary>The columns from <paramref name="first"/> on, <paramref name="count"/> of them.</summary>
    public DoubleMatrix ColumnRange(int first, int count)
    {
        var part = new DoubleMatrix(Rows, count);
        for (var i = 0; i < Rows; i++)
        {
            Row(i).Slice(first, count).CopyTo(part.Row(i));
        }

        return part;
    }

    /// <summary>The first <paramref name="count"/> columns; the matrix itself when it has no more.</summary>
    public DoubleMatrix FirstColumns(int count) => count < Columns ? ColumnRange(0, count) : this;

    /// <summary>this + factor * other.</summary>
    public DoubleMatrix Plus(double factor, DoubleMatrix other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var sum = Copy();
        Spectra.Rows.AddScaled(sum.Values, factor, other.Values);
        return sum;
    }

    public DoubleMatrix Copy()
    {
        var copy = new DoubleMatrix(Rows, Columns);
        Values.CopyTo(copy.Values, 0);
        return copy;
    }

    public DoubleMatrix Scale(double factor)
    {
        for (var i = 0; i < Values.Length; i++)
        {
            Values[i] *= factor;
        }

        return this;
    }

    /// <summary>Row i times factors[i].</summary>
    public DoubleMatrix ScaleRows(ReadOnlySpan<double> factors)
    {
        for (var i = 0; i < Rows; i++)
        {
            foreach (ref var value in Row(i))
            {
                value *= factors[i];
            }
        }

        return this;
    }

    /// <summary>this [m, k] times other [k, n].</summary>
    public DoubleMatrix Times(DoubleMatrix other)
    {
        ArgumentNullException.ThrowIfNull(other);
        ArgumentOutOfRangeException.ThrowIfNotEqual(other.Rows, Columns);
        return Product(other, Rows, other.Columns, Columns, (false, false));
    }

    /// <summary>this [m, k] times the transpose of other [n, k].</summary>
    public DoubleMatrix TimesTransposed(DoubleMatrix other)
    {
        ArgumentNullException.ThrowIfNull(other);
        ArgumentOutOfRangeException.ThrowIfNotEqual(other.Columns, Columns);
        return Product(other, Rows, other.Rows, Columns, (false, true));
    }

    /// <summary>The transpose of this [k, m] times other [k, n].</summary>
    public DoubleMatrix TransposedTimes(DoubleMatrix other)
    {
        ArgumentNullException.ThrowIfNull(other);
        ArgumentOutOfRangeException.ThrowIfNotEqual(other.Rows, Rows);
        return Product(other, Columns, other.Columns, Rows, (true, false));
    }

    private unsafe DoubleMatrix Product(DoubleMatrix other, int m, int n, int k, (bool This, bool Other) transposed)
    {
        var product = new DoubleMatrix(m, n);
        fixed (double* a = Values, b = other.Values, c = product.Values)
        {
            var (left, right) = (new Operand(a, Stride, 1), new Operand(b, other.Stride, 1));
            DoubleProduct.Run(m, n, k, transposed.This ? left.Transposed : left, transposed.Other ? right.Transposed : right, new Operand(c, product.Stride, 1), Accumulation.Set);
        }

        return product;
    }

    /// <summary>Sum of the squares.</summary>
    public double SquaredNorm() => Spectra.Rows.Dot(Values, Values);

    public double Norm() => Math.Sqrt(SquaredNorm());
}
