using Crescent.Kernels.Models;
using Crescent.Kernels.Numerics;

namespace Crescent.Kernels.Engines.Cpu;

/// <summary>One worker's memory for scoring chunks of rows, also under a reference of another shape.</summary>
internal sealed unsafe class RowsWorker(DecoderSpec model)
{
    private readonly RowsForward rows = new(model);
    private RowsForward? referenceRows;
    private DecoderSpec? referenceModel;
    private AlignedBuffer? logP, logQ, scales;

    public float* LogP { get; private set; }

    public float* LogQ { get; private set; }

    public float* Scales { get; private set; }

    public RowsForward Rows(DecoderSpec of)
    {
        if (of == model)
        {
            return rows;
        }

        if (referenceRows is null || of != referenceModel)
        {
            (referenceRows, referenceModel) = (new RowsForward(of), of);
        }

        return referenceRows;
    }

    public void Reserve(int targets, int pitch, bool needsLogP, bool needsLogQ)
    {
        Scales = AlignedBuffer.Grow(ref scales, targets);
        LogP = needsLogP ? AlignedBuffer.Grow(ref logP, (long)targets * pitch) : null;
        LogQ = needsLogQ ? AlignedBuffer.Grow(ref logQ, (long)targets * pitch) : null;
    }
}
