using Crescent.Kernels.Models;

namespace Crescent.Kernels.Torch.Tests;

public class TorchEngineFactoryTests
{
    [Fact]
    public void Create_SaysThatTheEngineIsNotHere_AndWhatToUse()
    {
        var failure = Assert.Throws<CrescentException>(() => new TorchEngineFactory().Create(new DecoderSpec { VocabularySize = 64, MaxPositions = 8 }, new([])));

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
