using Crescent.Kernels.Models;
using Crescent.Kernels.Tensors;

namespace Crescent.Kernels.Engines.Cpu;

/// <summary>Makes <see cref="CpuEngine"/>s.</summary>
public sealed class CpuEngineFactory : IEngineFactory
{
    public string Name => "cpu";

    public IEngine Create(DecoderSpec model, TensorSet weights) => CpuEngine.Create(model, weights);
}
