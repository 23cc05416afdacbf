using Crescent.Kernels.Models;

namespace Crescent.Kernels.Torch.Tests;

public class TorchEngineFactoryTests
{
    private static readonly DecoderSpec Model = new() { VocabularySize = 64, MaxPositions = 8, HiddenSize = 8, Layers = 1, Heads = 1, KeyValueHeads = 1, FeedForwardSize = 8 };

    [Fact]
    public void Create_SaysThatTheEngineIsNotHere_AndWhatToUse()
    {
        var failure = Assert.Throws<CrescentException>(() => new TorchEngineFactory().Create(Model, new([])));

        Assert.Equal(("engine-unavailable", false), (failure.Code, failure.Retryable));
        Assert.Contains("CPU engine", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LibraryVersion_IsThere_OnlyInBuildsWithAnAccelerator()
    {
#if TORCH
        Assert.NotNull(TorchEngineFactory.LibraryVersion);
#else
        Assert.Null(TorchEngineFactory.LibraryVersion);
#endif
    }
}
