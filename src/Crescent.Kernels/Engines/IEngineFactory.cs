using Crescent.Kernels.Models;
using Crescent.Kernels.Tensors;

namespace Crescent.Kernels.Engines;

/// <summary>Makes engines; kernels take one so that the device is the host's choice.</summary>
public interface IEngineFactory
{
    /// <summary>What reports call the engine: <c>cpu</c>, <c>torch</c>.</summary>
    string Name { get; }

    /// <summary>An engine with these weights, one thread, and no optimizer state.</summary>
    /// <exception cref="CrescentException"><c>model-invalid</c>, <c>tensor-missing</c>, <c>tensor-invalid</c>.</exception>
    IEngine Create(DecoderSpec model, TensorSet weights);
}
