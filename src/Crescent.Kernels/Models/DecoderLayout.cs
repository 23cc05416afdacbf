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

    /// <summary>What the names of the value head's tensors begin with.</summary>
    public const string ValueHead = "value_head.";

    /// <summary>A layer of the value head, [out, in].</summary>
    public static string ValueWeight(int layer) => $"{ValueHead}{2 * layer}.weight";

    public static string ValueBias(int layer) => $"{ValueHead}{2 * layer}.bias";

    /// <summary>The value head's layers: d -> d/4 -> d/8 -> 1.</summary>
    public static IReadOnlyList<(int Inputs, int Outputs)> ValueHeadSizes(DecoderSpec model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var (first, second) = (Math.Max(1, model.HiddenSize / 4), Math.Max(1, model.HiddenSize / 8));
        return [(model.HiddenSize, first), (first, second), (second, 1)];
    }

    /// <summary>Name of a block's tensor: <c>Block(3, "mlp.down_proj")</c> is <c>model.layers.3.mlp.down_proj.weight</c>.</summary>
    public static string Block(int layer, string part) => $"model.layers.{layer}.{part}.weight";

    /// <summary>Every tensor of the model in canonical order: embedding, blocks, final norm, head (left out when tied), value head (where the model has one).</summary>
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

        for (var layer = 0; model.ValueHead && layer < ValueHeadSizes(model).Count; layer++)
        {
            var (inputs, outputs) = ValueHeadSizes(model)[layer];
            tensors.Add((ValueWeight(layer), [outputs, inputs]));
            tensors.Add((ValueBias(layer), [outputs]));
        }

        return tensors;
    }
}
