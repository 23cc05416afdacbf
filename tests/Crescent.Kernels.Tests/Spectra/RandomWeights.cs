using Crescent.Kernels.Models;
using Crescent.Kernels.Randomness;
using Crescent.Kernels.Tensors;

namespace Crescent.Kernels.Tests.Spectra;

/// <summary>Complete weights of a decoder with normal entries, and nearby ones.</summary>
internal static class RandomWeights
{
    public static TensorSet Of(DecoderSpec model, uint index, float scale = 0.1f, TensorSet? around = null) => new(
        [.. DecoderLayout.Tensors(model).Select((tensor, number) => new Tensor(tensor.Name, tensor.Shape, Values(tensor.Name, tensor.Shape.Aggregate((a, b) => a * b), (index * 1000) + (uint)number, scale, around)))]);

    public static byte[] Bytes(TensorSet weights)
    {
        using var stream = new MemoryStream();
        Safetensors.Write(stream, weights, new Dictionary<string, string>());
        return stream.ToArray();
    }

    private static float[] Values(string name, int count, uint key, float scale, TensorSet? around)
    {
        var random = new RandomStream(new RandomKey(31, RandomPurpose.Initialisation, key));
        return [.. Enumerable.Range(0, count).Select(i => (float)(scale * random.NextGaussian()) + (around?[name].Values[i] ?? 0))];
    }
}
