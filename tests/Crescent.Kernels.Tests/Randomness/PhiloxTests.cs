using Crescent.Kernels.Randomness;

namespace Crescent.Kernels.Tests.Randomness;

public sealed class PhiloxTests
{
    /// <summary>Known-answer vectors of Random123 1.14 (kat_vectors, philox4x32 10).</summary>
    [Theory]
    [InlineData(0x00000000u, 0x00000000u, 0x00000000u, 0x00000000u, 0x0000000000000000ul, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xfffffffffffffffful, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0x299f31d0a4093822ul, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Block_OfKnownCounterAndKey_GivesTheKnownAnswer(uint c0, uint c1, uint c2, uint c3, ulong seed, uint r0, uint r1, uint r2, uint r3) =>
        Assert.Equal((r0, r1, r2, r3), Philox.Block(new RandomKey(seed, (RandomPurpose)c3, c2, c1), c0));
}
