using System.Buffers.Binary;
using System.Text;
using Crescent.Kernels.Randomness;
using Crescent.Kernels.Tensors;

namespace Crescent.Kernels.Tests.Tensors;

public sealed class SafetensorsTests
{
    private static readonly Dictionary<string, string> NoMetadata = [];

    private static TensorSet Sample() => new(
    [
        new Tensor("a.weight", [2, 3], [1, -2, 3.5f, float.NaN, float.PositiveInfinity, -0f]),
        new Tensor("norm", [4], [0.1f, 0.2f, 0.3f, 0.4f]),
    ]);

    private static byte[] Bytes(TensorSet tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        using var stream = new MemoryStream();
        Safetensors.Write(stream, tensors, metadata ?? NoMetadata);
        return stream.ToArray();
    }

    private static byte[] File(string header, int dataBytes)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var file = new byte[8 + json.Length + dataBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(file, (ulong)json.Length);
        json.CopyTo(file, 8);
        return file;
    }

    private static string CodeOf(byte[] file, bool seekable = true)
    {
        using var memory = new MemoryStream(file);
        using Stream stream = seekable ? memory : new ForwardStream(memory);
        return Assert.Throws<CrescentException>(() => Safetensors.Read(stream)).Code;
    }

    [Fact]
    public void Read_WhatWasWritten_GivesSameBitsOrderAndMetadata()
    {
        var bytes = Bytes(Sample(), new Dictionary<string, string> { ["z"] = "1", ["step"] = "300" });
        foreach (var seekable in new[] { true, false })
        {
            using var memory = new MemoryStream(bytes);
            using Stream stream = seekable ? memory : new ForwardStream(memory);
            var (tensors, metadata) = Safetensors.Read(stream);
            Assert.Equal(["a.weight", "norm"], tensors.Tensors.Select(tensor => tensor.Name));
            Assert.Equal([2, 3], tensors["a.weight"].Shape);
            Assert.Equal(Sample()["a.weight"].Values.Select(BitConverter.SingleToInt32Bits), tensors["a.weight"].Values.Select(BitConverter.SingleToInt32Bits));
            Assert.Equal("300", metadata["step"]);
            Assert.Equal("pt", metadata["format"]);
            Assert.Equal(bytes, Bytes(tensors, metadata));
        }
    }

    [Fact]
    public void Write_AnyMetadataOrder_GivesSameAlignedBytes()
    {
        var one = Bytes(Sample(), new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" });
        var other = Bytes(Sample(), new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" });
        Assert.Equal(one, other);
        Assert.Equal(0UL, (BinaryPrimitives.ReadUInt64LittleEndian(one) + 8) % 64);
        Assert.StartsWith("{\"__metadata__\":{\"a\":\"1\",\"b\":\"2\",\"format\":\"pt\"},\"a.weight\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]}", Encoding.UTF8.GetString(one, 8, one.Length - 8), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_ShapeThatDoesNotFit_Throws() =>
        Assert.Throws<ArgumentException>(() => Bytes(new TensorSet([new Tensor("a", [2, 2], [1, 2, 3])])));

    [Fact]
    public void Read_HalfPrecision_Widens()
    {
        var file = File("""{"h":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"b":{"dtype":"BF16","shape":[1],"data_offsets":[4,6]}}""", 6);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(file.Length - 6), 0x3C00);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(file.Length - 4), 0xC100);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(file.Length - 2), 0x4049);
        using var stream = new MemoryStream(file);
        var (tensors, _) = Safetensors.Read(stream);
        Assert.Equal([1f, -2.5f], tensors["h"].Values);
        Assert.Equal([3.140625f], tensors["b"].Values);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8)]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""", 12)]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8)]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8)]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 5)]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 3)]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}""", 0)]
    [InlineData("""{"a":{"dtype":"F32","shape":[1000000000,0],"data_offsets":[4,0]}}""", 0)]
    [InlineData("""{"a":{"dtype":"F32","shape":[500000000],"data_offsets":[0,2000000000]}}""", 4)]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4)]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", 4)]
    [InlineData("""{"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}""", 8)]
    [InlineData("""{"a":{"dtype":"F32","shape":[1,1,1],"data_offsets":[0,4]}}""", 4)]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"more":1}}""", 4)]
    [InlineData("""{"a":{"shape":[1],"data_offsets":[0,4]}}""", 4)]
    [InlineData("""{"a":{"dtype":"F32","shape":"1","data_offsets":[0,4]}}""", 4)]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4)]
    [InlineData("""{"__metadata__":{"a":1}}""", 0)]
    [InlineData("""{"__metadata__":[]}""", 0)]
    [InlineData("[]", 0)]
    [InlineData("{", 0)]
    [InlineData("", 0)]
    public void Read_Damaged_IsRefused(string header, int dataBytes)
    {
        Assert.Equal("tensors-damaged", CodeOf(File(header, dataBytes)));
        Assert.Equal("tensors-damaged", CodeOf(File(header, dataBytes), seekable: false));
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "hole")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "overlap")]
    public void Read_HoleOrOverlap_IsNamed(string header, int dataBytes, string word)
    {
        using var stream = new MemoryStream(File(header, dataBytes));
        Assert.Contains(word, Assert.Throws<CrescentException>(() => Safetensors.Read(stream)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(1UL << 63)]
    [InlineData(99_999_999UL)]
    public void Read_HugeHeaderLength_IsRefusedWithoutTheMemory(ulong length)
    {
        var file = new byte[64];
        BinaryPrimitives.WriteUInt64LittleEndian(file, length);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal("tensors-damaged", CodeOf(file));
        Assert.Equal("tensors-damaged", CodeOf(file, seekable: false));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 10_000_000);
    }

    [Fact]
    public void Read_EveryTruncation_IsRefused()
    {
        var bytes = Bytes(Sample());
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Equal("tensors-damaged", CodeOf(bytes[..length]));
            Assert.Equal("tensors-damaged", CodeOf(bytes[..length], seekable: false));
        }
    }

    /// <summary>5,000 damaged files: each either reads as some valid set or is refused with the one code.</summary>
    [Fact]
    public void Read_RandomlyDamaged_NeverCrashes()
    {
        var bytes = Bytes(Sample(), new Dictionary<string, string> { ["step"] = "1" });
        var random = new RandomStream(new RandomKey(7, RandomPurpose.Bootstrap, 0));
        var refused = 0;
        for (var i = 0; i < 5_000; i++)
        {
            var damaged = (byte[])bytes.Clone();
            for (var hits = 1 + random.NextInt(4); hits > 0; hits--)
            {
                damaged[random.NextInt(damaged.Length)] = random.NextInt(3) == 0 ? (byte)"0123456789[]{},:\" "[random.NextInt(18)] : (byte)random.NextInt(256);
            }

            try
            {
                using var stream = new MemoryStream(damaged);
                Safetensors.Read(stream);
            }
            catch (CrescentException e)
            {
                Assert.Equal("tensors-damaged", e.Code);
                refused++;
            }
        }

        Assert.InRange(refused, 2_500, 5_000);
    }

    private sealed class ForwardStream(Stream inner) : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override void Flush() => inner.Flush();
        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, Math.Min(count, 7));
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
