using System.Text.Json.Serialization;

namespace Crescent.Kernels.Models;

/// <summary>
/// A Llama-style decoder: token embedding, <see cref="Layers"/> blocks of RMSNorm, rotary grouped-query attention and SwiGLU, a final RMSNorm and a head without bias.
/// Weights carry the Hugging Face names (<c>model.layers.N.self_attn.q_proj.weight</c>, ...), each matrix stored [out, in].
/// </summary>
public sealed record DecoderSpec
{
    public required int VocabularySize { get; init; }
    public required int HiddenSize { get; init; }
    public required int Layers { get; init; }
    public required int Heads { get; init; }

    /// <summary>Heads of keys and values; divides <see cref="Heads"/>. Equal to it: plain multi-head attention.</summary>
    public required int KeyValueHeads { get; init; }
    public required int FeedForwardSize { get; init; }

    /// <summary>The longest row that the model accepts, in tokens.</summary>
    public required int MaxPositions { get; init; }
    public double RopeTheta { get; init; } = 10_000;
    public double NormEpsilon { get; init; } = 1e-6;

    /// <summary>True: the head is the embedding, transposed.</summary>
    public bool TieEmbeddings { get; init; }

    /// <summary>True: a value head stands on top, for algorithms with a critic. No part of documents: the algorithm decides.</summary>
    [JsonIgnore]
    public bool ValueHead { get; init; }

    public int HeadSize => HiddenSize / Heads;
}
