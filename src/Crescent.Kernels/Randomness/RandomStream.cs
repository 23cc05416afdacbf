using Crescent.Kernels.Numerics;

namespace Crescent.Kernels.Randomness;

/// <summary>Numbers drawn in order from the stream of a <see cref="RandomKey"/>: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).</summary>
public sealed class RandomStream(RandomKey key)
{
    private uint counter;
    private int used = 4;
    private uint r0, r1, r2, r3;

    public uint NextUInt32()
    {
        if (used == 4)
        {
            (r0, r1, r2, r3) = Philox.Block(key, counter++);
            used = 0;
        }

        return used++ switch { 0 => r0, 1 => r1, 2 => r2, _ => r3 };
    }

    /// <summary>Uniform over 0 .. <paramref name="bound"/> - 1, without bias (Lemire, 2019).</summary>
    public int NextInt(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        var range = (uint)bound;
        var product = (ulong)NextUInt32() * range;
        if ((uint)product < range)
        {
            var threshold = (0u - range) % range;
            while ((uint)product < threshold)
            {
                product = (ulong)NextUInt32() * range;
            }
        }

        return (int)(product >> 32);
    }

    /// <summary>Uniform in [0, 1), a multiple of 2^-53.</summary>
    public double NextDouble() => ToUnit(NextUInt32(), NextUInt32());

    /// <summary>64 random bits to a uniform in [0, 1), a multiple of 2^-53.</summary>
    internal static double ToUnit(uint high, uint low) => (((ulong)high << 21) ^ (low >> 11)) * (1.0 / (1UL << 53));

    /// <summary>Standard normal (Box and Muller, 1958); takes one block of the stream when called on a block's edge.</summary>
    public double NextGaussian()
    {
        var radius = Math.Sqrt(-2 * Elementary.Log(1 - NextDouble()));
        return radius * Elementary.SinCosTurns(NextDouble()).Cos;
    }

    /// <summary>Shuffles in place (Fisher and Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = NextInt(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }
}

/// <summary>Philox4x32-10: a keyed bijection of 128-bit counters.</summary>
public static class Philox
{
    /// <summary>Block number <paramref name="counter"/> of the stream.</summary>
    public static (uint, uint, uint, uint) Block(RandomKey key, uint counter)
    {
        var (x0, x1, x2, x3) = (counter, key.Position, key.Index, (uint)key.Purpose);
        var (k0, k1) = ((uint)key.Seed, (uint)(key.Seed >> 32));
        for (var round = 0; round < 10; round++)
        {
            var high0 = Math.BigMul(0xD2511F53u, x0);
            var high1 = Math.BigMul(0xCD9E8D57u, x2);
            (x0, x1, x2, x3) = ((uint)(high1 >> 32) ^ x1 ^ k0, (uint)high1, (uint)(high0 >> 32) ^ x3 ^ k1, (uint)high0);
            k0 += 0x9E3779B9;
            k1 += 0xBB67AE85;
        }

        return (x0, x1, x2, x3);
    }
}
