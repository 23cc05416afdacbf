using Crescent.Kernels.Engines;
using Crescent.Kernels.Models;
using Crescent.Kernels.Tensors;

namespace Crescent.Kernels.Torch;

/// <summary>
/// The place of the Torch engine, which is not written yet: whatever the build references, this factory refuses, so that a spec that asks for it fails clearly before anything starts.
/// What the build does decide already is whether TorchSharp and libtorch come with it (<see cref="LibraryVersion"/>).
/// </summary>
public sealed class TorchEngineFactory : IEngineFactory
{
    /// <summary>The version of TorchSharp in this build; null in builds without it (<c>-p:Accelerator=none</c>, the default, and the limited package feed).</summary>
    public static Version? LibraryVersion =>
#if TORCH
        typeof(TorchSharp.torch).Assembly.GetName().Version;
#else
        null;
#endif

    public string Name => "torch";

    /// <exception cref="CrescentException"><c>engine-unavailable</c>, always.</exception>
    public IEngine Create(DecoderSpec model, TensorSet weights) =>
        throw new CrescentException("engine-unavailable", "The Torch engine is not in this build. Use the CPU engine: set engine to cpu, or leave it out.");
}
