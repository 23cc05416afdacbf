using System.Text.Json;
using Crescent.Kernels.Models;
using Crescent.Kernels.Tensors;

namespace Crescent.Kernels.Tests.Tensors;

public sealed class StrictAccountingTests
{
    private static readonly DecoderSpec Model = new()
    {
        VocabularySize = 11, HiddenSize = 8, Layers = 2, Heads = 2, KeyValueHeads = 1, FeedForwardSize = 12, MaxPositions = 32,
    };

    private static List<Tensor> Weights(DecoderSpec model) =>
        [.. DecoderLayout.Tensors(model).Select((tensor, index) => new Tensor(tensor.Name, tensor.Shape, [.. Enumerable.Repeat(index + 0.5f, tensor.Shape.Aggregate((a, b) => a * b))]))];

    [Fact]
    public void Check_CompleteWeights_Passes() => StrictAccounting.Check(new TensorSet(Weights(Model)), Model, "test");

    [Fact]
    public void Check_MissingUnexpectedAndWrongShape_NamesEach()
    {
        var weights = Weights(Model);
        weights.RemoveAll(tensor => tensor.Name == DecoderLayout.Head);
        weights.Add(new Tensor("extra.bias", [8], new float[8]));
        var index = weights.FindIndex(tensor => tensor.Name == DecoderLayout.Block(1, "self_attn.k_proj"));
        weights[index] = weights[index] with { Shape = [8, 4] };
        var error = Assert.Throws<CrescentException>(() => StrictAccounting.Check(new TensorSet(weights), Model, "input 'from'"));
        Assert.Equal("checkpoint-mismatch", error.Code);
        Assert.Equal(["model.layers.1.self_attn.k_proj.weight", "lm_head.weight", "extra.bias"], error.Problems.Select(problem => problem.Field));
        Assert.Contains("input 'from'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_HeadOfTiedModel_IsUnexpected()
    {
        var problem = Assert.Single(StrictAccounting.Problems(new TensorSet(Weights(Model)), Model with { TieEmbeddings = true }));
        Assert.Equal("lm_head.weight", problem.Field);
    }

    [Fact]
    public void Files_OfHuggingFaceFolder_HoldConfigAndReadableWeights()
    {
        var weights = new TensorSet(Weights(Model));
        var files = HuggingFaceFolder.Files(Model, weights, 1, 2, new Dictionary<string, string> { ["step"] = "3" });
        Assert.Equal(["config.json", "model.safetensors"], files.Select(file => file.Name));
        using var config = new MemoryStream();
        files[0].Write(config);
        var json = JsonDocument.Parse(config.ToArray()).RootElement;
        Assert.Equal("llama", json.GetProperty("model_type").GetString());
        Assert.Equal(12, json.GetProperty("intermediate_size").GetInt32());
        Assert.Equal(10_000, json.GetProperty("rope_parameters").GetProperty("rope_theta").GetDouble());
        using var tensors = new MemoryStream();
        files[1].Write(tensors);
        tensors.Position = 0;
        var (read, metadata) = Safetensors.Read(tensors);
        Assert.Equal("3", metadata["step"]);
        StrictAccounting.Check(read, Model, "read back");
        Assert.Equal(weights["model.norm.weight"].Values, read["model.norm.weight"].Values);
    }
}
