using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Crescent.Kernels.Tasks.GeneralPoints;

/// <summary>Which hands are only evaluated: a fixed share by hash of the value multiset, whatever the seed, and independent of the split into choosing and reporting.</summary>
internal readonly record struct HandHoldOut(double Share)
{
    /// <param name="numbers">What the cards count, in any order.</param>
    public bool Trains(IEnumerable<int> numbers) => Share == 0 || Place(numbers) >= Share;

    public bool Evaluates(IEnumerable<int> numbers) => Share == 0 || Place(numbers) < Share;

    private static double Place(IEnumerable<int> numbers) =>
        (BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.ASCII.GetBytes($"held out {string.Join('-', numbers.Order())}"))) >> 11) * (1.0 / (1UL << 53));
}
