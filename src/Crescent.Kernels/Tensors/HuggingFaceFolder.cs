using System.Text.Json;
using System.Text.Json.Nodes;
using Crescent.Kernels.Models;

namespace Crescent.Kernels.Tensors;

/// <param name="Name">File name inside the folder.</param>
/// <param name="Write">Writes its bytes; the same at each call.</param>
public sealed record HuggingFaceFile(string Name, Action<Stream> Write);

/// <summary>
/// A checkpoint as the files that <c>AutoModelForCausalLM.from_pretrained</c> reads: <c>config.json</c> and <c>model.safetensors</c>. The decoder is a Llama, so nothing is converted.
/// </summary>
public static class HuggingFaceFolder
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    /// <exception cref="CrescentException"><c>checkpoint-mismatch</c>.</exception>
    public static IReadOnlyList<HuggingFaceFile> Files(DecoderSpec model, TensorSet weights, int beginToken, int endToken, IReadOnlyDictionary<string, string> metadata)
    {
        StrictAccounting.Check(weights, model, "to export");
        var ordered = new TensorSet([.. DecoderLayout.Tensors(model).Select(tensor => weights[tensor.Name])]);
        return
        [
            new HuggingFaceFile("config.json", stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(Config(model, beginToken, endToken)))),
            new HuggingFaceFile("model.safetensors", stream => Safetensors.Write(stream, ordered, metadata)),
        ];
    }

    /// <summary>Text of <c>config.json</c>. Both spellings of the rotary base are there: newer releases of transformers read <c>rope_parameters</c>.</summary>
    public static string Config(DecoderSpec model, int beginToken, int endToken)
    {
        ArgumentNullException.ThrowIfNull(model);
        var config = new JsonObject
        {
            ["architectures"] = new JsonArray("LlamaForCausalLM"),
            ["model_type"] = "llama",
            ["vocab_size"] = model.VocabularySize,
            ["hidden_size"] = model.HiddenSize,
            ["intermediate_size"] = model.FeedForwardSize,
            ["num_hidden_layers"] = model.Layers,
            ["num_attention_heads"] = model.Heads,
            ["num_key_value_heads"] = model.KeyValueHeads,
            ["head_dim"] = model.HeadSize,
            ["max_position_embeddings"] = model.MaxPositions,
            ["rms_norm_eps"] = model.NormEpsilon,
            ["rope_theta"] = model.RopeTheta,
            ["rope_parameters"] = new JsonObject { ["rope_type"] = "default", ["rope_theta"] = model.RopeTheta },
            ["hidden_act"] = "silu",
            ["attention_bias"] = false,
            ["mlp_bias"] = false,
            ["tie_word_embeddings"] = model.TieEmbeddings,
            ["bos_token_id"] = beginToken,
            ["eos_token_id"] = endToken,
            ["torch_dtype"] = "float32",
        };
        return config.ToJsonString(Indented) + "\n";
    }
}
