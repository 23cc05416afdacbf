using Crescent.Abstractions.Problems;

namespace Crescent.Abstractions.Tests.Problems;

public sealed class CrescentExceptionConverterTests
{
    [Fact]
    public void Convert_ThereAndBack_KeepsWhatClientsSwitchOn()
    {
        var converter = new CrescentExceptionConverter();
        var original = new CrescentException("spec-invalid", "Two fields.", retryable: true, new IOException("disk")) { Problems = [new("a", "first"), new("b[1]", "second")] };

        var copy = converter.ConvertFromSurrogate(converter.ConvertToSurrogate(original));

        Assert.Equal(("spec-invalid", "Two fields.", true), (copy.Code, copy.Message, copy.Retryable));
        Assert.Equal(original.Problems, copy.Problems);
        Assert.Contains("disk", copy.InnerException?.Message, StringComparison.Ordinal);
    }
}
