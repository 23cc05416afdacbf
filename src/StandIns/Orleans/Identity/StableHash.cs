using System.Buffers.Binary;
using System.Numerics;

namespace Orleans;

/// <summary>xxHash32 (Collet, 2012) with seed 0: the hash that Orleans stores beside ids, so that data written here is found by Orleans.</summary>
internal static class StableHash
{
    private const uint P1 = 2654435761, P2 = 2246822519, P3 = 3266489917, P4 = 668265263, P5 = 374761393;

    public static uint ComputeHash(ReadOnlySpan<byte> data)
    {
        unchecked
        {
            var length = (uint)data.Length;
            uint hash;
            if (data.Length >= 16)
            {
                Span<uint> lanes = [P1 + P2, P2, 0, 0 - P1];
                for (; data.Length >= 16; data = data[16..])
                {
                    for (var lane = 0; lane < 4; lane++)
                    {
                        lanes[lane] = Round(lanes[lane], BinaryPrimitives.ReadUInt32LittleEndian(data[(4 * lane)..]));
                    }
                }

                hash = BitOperations.RotateLeft(lanes[0], 1) + BitOperations.RotateLeft(lanes[1], 7) + BitOperations.RotateLeft(lanes[2], 12) + BitOperations.RotateLeft(lanes[3], 18);
            }
            else
            {
                hash = P5;
            }

            hash += length;
            for (; data.Length >= 4; data = data[4..])
            {
                hash = BitOperations.RotateLeft(hash + (BinaryPrimitives.ReadUInt32LittleEndian(data) * P3), 17) * P4;
            }

            foreach (var value in data)
            {
                hash = BitOperations.RotateLeft(hash + (value * P5), 11) * P1;
            }

            hash = (hash ^ (hash >> 15)) * P2;
            hash = (hash ^ (hash >> 13)) * P3;
            return hash ^ (hash >> 16);
        }
    }

    private static uint Round(uint lane, uint value) => unchecked(BitOperations.RotateLeft(lane + (value * P2), 13) * P1);
}
