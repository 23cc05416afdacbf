namespace Crescent.Kernels.Models;

/// <summary>The canonical names, shapes and order of a decoder's tensors.</summary>
public static class DecoderLayout
{
    public const string Embedding = "model.embed_tokens.weight";
    public const string FinalNorm = "model.norm.weight";
    public const string Head = "lm_head.weight";

    /// <summary>The matrices of a block, as named inside <c>model.layers.N.</c>.</summary>
    public static IReadOnlyList<string> BlockMatrices { get; } =
        ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"];

    /// <summary>Name of a block's tensor: <c>Block(3, "mlp.down_proj")</c> is <c>model.layers.3.mlp.down_proj.weight</c>.</summary>
    public static string Block(int layer, string part) => $"model.layers.{layer}.{part}.weight";

    /// <summary>Every tensor of the model in canonical order: embedding, blocks, final norm, head (left out when tied).</summary>
    public static IReadOnlyList<(string Name, int[] Shape)> Tensors(DecoderSpec model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var keyValue = model.KeyValueHeads * model.HeadSize;
        List<(string, int[])> tensors = [(Embedding, [model.VocabularySize, model.HiddenSize])];
        for (var layer = 0; layer < model.Layers; layer++)
        {
            tensors.Add((Block(layer, "input_layernorm"), [model.HiddenSize]));
            tensors.Add((Block(layer, "self_attn.q_proj"), [model.HiddenSize, model.HiddenSize]));
            tensors.Add((Block(layer, "self_attn.k_proj"), [keyValue, model.HiddenSize]));
            tensors.Add((Block(layer, "self_attn.v_proj"), [keyValue, model.HiddenSize]));
            tensors.Add((Block(layer, "self_attn.o_proj"), [model.HiddenSize, model.HiddenSize]));
            tensors.Add((Block(layer, "post_attention_layernorm"), [model.HiddenSize]));
            tensors.Add((Block(layer, "mlp.gate_proj"), [model.FeedForwardSize, model.HiddenSize]));
            tensors.Add((Block(layer, "mlp.up_proj"), [model.FeedForwardSize, model.HiddenSize]));
            tensors.Add((Block(layer, "mlp.down_proj"), [model.HiddenSize, model.FeedForwardSize]));
        }

        tensors.Add((FinalNorm, [model.HiddenSize]));
        if (!model.TieEmbeddings)
        {
            tensors.Add((Head, [model.VocabularySize, model.HiddenSize]));
        }

        return tensors;
    }
}
