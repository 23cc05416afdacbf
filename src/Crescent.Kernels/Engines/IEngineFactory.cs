using Crescent.Kernels.Models;
using Crescent.Kernels.Tensors;

namespace Crescent.Kernels.Engines;

/// <summary>Makes engines; kernels know engines by it alone.</summary>
public interface IEngineFactory
{
    /// <summary>An engine that holds these weights, without optimizer state. Strict, as <see cref="IEngine.WriteWeights"/>.</summary>
    IEngine Create(DecoderSpec model, TensorSet weights);
}
