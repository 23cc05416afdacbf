using Crescent.Kernels.Models;
using Crescent.Kernels.Numerics;

namespace Crescent.Kernels.Engines.Cpu;

/// <summary>The matrices of a decoder as right operands: y = x W^T when packed for the forward pass, dx = dy W when packed for the backward one. Packed anew when the weights have changed.</summary>
internal sealed unsafe class PackedWeights
{
    private readonly DecoderParameters parameters;
    private readonly bool forward;
    private readonly List<(PackedMatrix Matrix, int Offset)> all = [];
    private int packed = -1;

    public PackedWeights(DecoderSpec model, DecoderParameters parameters, bool forward)
    {
        this.parameters = parameters;
        this.forward = forward;
        var (hidden, feedForward) = (model.HiddenSize, model.FeedForwardSize);
        Blocks =
        [
            .. parameters.Blocks.Select(offsets => new PackedBlock(
                Matrix(offsets.QueryKeyValue, hidden + 2 * model.KeyValueHeads * model.HeadSize, hidden),
                Matrix(offsets.Output, hidden, hidden),
                Matrix(offsets.GateUp, 2 * feedForward, hidden),
                Matrix(offsets.Down, hidden, feedForward))),
        ];
        Head = Matrix(parameters.Head, model.VocabularySize, hidden);
    }

    public IReadOnlyList<PackedBlock> Blocks { get; }

    public PackedMatrix Head { get; }

    /// <summary>Packs what is out of date.</summary>
    public PackedWeights Refresh(WorkerThreads workers)
    {
        if (packed != parameters.Version)
        {
            workers.Run(all.Count, (task, _) =>
            {
                var (matrix, offset) = all[task];
                if (forward)
                {
                    matrix.PackTransposed(parameters.At(offset));
                }
                else
                {
                    matrix.Pack(parameters.At(offset));
                }
            });
            packed = parameters.Version;
        }

        return this;
    }

    private PackedMatrix Matrix(int offset, int rows, int columns)
    {
        var matrix = forward ? new PackedMatrix(columns, rows) : new PackedMatrix(rows, columns);
        all.Add((matrix, offset));
        return matrix;
    }
}

/// <param name="QueryKeyValue">Three projections as one.</param>
/// <param name="GateUp">Two projections as one.</param>
internal sealed record PackedBlock(PackedMatrix QueryKeyValue, PackedMatrix Output, PackedMatrix GateUp, PackedMatrix Down);
