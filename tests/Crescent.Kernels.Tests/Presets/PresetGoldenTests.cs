using Crescent.Kernels.Engines.Cpu;
using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Jobs;
using Crescent.Kernels.Models;
using Crescent.Kernels.Presets;
using Crescent.Kernels.Sft;

namespace Crescent.Kernels.Tests.Presets;

/// <summary>What a GeneralPoints experiment is made of keeps its bytes, so that its results stay the same and can be compared over versions.</summary>
public sealed class PresetGoldenTests
{
    [Theory]
    [InlineData("nano", "a35927cc95f1e9c0cb28520fd069e910c58820f1065a1097dd84f9ac56042a38", "a19434d5315b8c705d43afd28604106f91600eedc7ffc4107db68b9ec7b8df1d")]
    [InlineData("tiny", "58418d5387c17a673044ad77b2e94c7634696e6829f9824100552f59641d30c3", "f66366320bd7fb8e1e4b0a4738a865db38c035a680c2802c6f053f615bf5aac4")]
    public void Write_SpecsOfAPreset_KeepTheirBytes(string name, string training, string evaluation)
    {
        var preset = Preset.ByName(name);
        Assert.Equal(training, JobJson.Hash(JobJson.Write(preset.BaseTraining(1))));
        Assert.Equal(evaluation, JobJson.Hash(JobJson.Write(preset.Evaluation(1))));
    }

    [Fact]
    public void Example_OfBaseTrainingAndSft_KeepTheirTokens()
    {
        var (mixture, pairs) = (new BaseData(new NanoPreset().BaseTraining(1)), new SftData(new NanoPreset().Sft(1)));
        Assert.Equal("5024ccace328515e08a2202e2d74e77059a1e7b328d6eeebf7253e092df669ae", Hash(2000, mixture));
        Assert.Equal("6832c0845c5a958038fead5368dc6a1c03958b564246de344039325b3e4c956f", Hash(1000, pairs));

        static string Hash(int rows, ITrainingData data) => JobJson.Hash(string.Join(';', Enumerable.Range(0, rows).Select(row => string.Join(' ', data.Example(3, row).Tokens))));
    }

    [Theory]
    [InlineData("nano", "b57d0118dd3835033c78116d9e4d42139fd1b68a3b42241add0f0d7fec375bef")]
    [InlineData("tiny", "a94a35663d634421afe5496031ec16006e32cb4f75dbab9fee96d118966730b0")]
    public void Of_EvaluationOfAPreset_KeepsItsDeals(string name, string hash) =>
        Assert.Equal(hash, JobJson.Hash(string.Join(';', EvaluationDeals.Of(Preset.ByName(name).Evaluation(1)).Select(d => $"{d.Variant} {d.Split} {string.Join(' ', d.Deal.Cards)} {d.Deal.Cluster}"))));

    [Fact]
    public void Run_UntrainedModel_KeepsItsRecord()
    {
        var tiny = new TinyPreset();
        using var engine = new CpuEngineFactory().Create(tiny.Model, DecoderInitialisation.Draw(tiny.Model, seed: 3));
        Assert.Equal("a9a6bb9336bf0201b2bec695c546e8daf8b1951f8296ce602cce818bba2e818e", JobJson.Hash(JobJson.Write(Evaluator.Run(engine, tiny.Evaluation(1)))));
    }
}
