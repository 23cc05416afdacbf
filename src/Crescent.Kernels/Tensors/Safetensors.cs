using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Crescent.Kernels.Tensors;

/// <summary>
/// The safetensors format: an 8-byte little-endian header length, a JSON header, the data. Writes float32, little-endian, in the order of the set, one possible byte string for a set and its metadata;
/// reads F32, F16 and BF16 into float32 and refuses everything that the format does not allow, whatever the bytes.
/// </summary>
public static class Safetensors
{
    private const int Alignment = 64;
    private const int ChunkValues = 1 << 18;

    /// <param name="metadata">Text to keep in the header; <c>format: pt</c> is added, keys are sorted.</param>
    public static void Write(Stream stream, TensorSet tensors, IReadOnlyDictionary<string, string> metadata)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(tensors);
        ArgumentNullException.ThrowIfNull(metadata);
        var header = Header(tensors, metadata);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var tensor in tensors.Tensors)
        {
            for (var start = 0; start < tensor.Values.Length; start += ChunkValues)
            {
                stream.Write(MemoryMarshal.AsBytes(tensor.Values.AsSpan(start, Math.Min(ChunkValues, tensor.Values.Length - start))));
            }
        }
    }

    /// <summary>Reads a whole file: the tensors in the order of their data, and the metadata.</summary>
    /// <exception cref="CrescentException"><c>tensors-damaged</c>: truncated, trailing bytes, holes, overlaps, duplicate names, sizes that overflow, an oversized or malformed header, another number format.</exception>
    public static (TensorSet Tensors, IReadOnlyDictionary<string, string> Metadata) Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Span<byte> prefix = stackalloc byte[8];
        if (stream.ReadAtLeast(prefix, 8, throwOnEndOfStream: false) < 8)
        {
            throw Damaged("it ends inside the header length");
        }

        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        var remaining = stream.CanSeek ? stream.Length - stream.Position : long.MaxValue;
        if (length > SafetensorsHeader.LargestHeader || (long)length > remaining)
        {
            throw Damaged($"its header claims {length} bytes");
        }

        var header = SafetensorsHeader.Parse(ReadHeader(stream, (int)length));
        if (stream.CanSeek && remaining - (long)length != header.DataBytes)
        {
            throw Damaged($"it holds {remaining - (long)length} bytes of data where the header asks for {header.DataBytes}");
        }

        var chunk = new byte[1 << 20];
        var tensors = new List<Tensor>(header.Entries.Count);
        foreach (var entry in header.Entries)
        {
            tensors.Add(new Tensor(entry.Name, entry.Shape, ReadValues(stream, entry, chunk, stream.CanSeek)));
        }

        return stream.ReadByte() < 0 ? (new TensorSet(tensors), header.Metadata) : throw Damaged("bytes follow the last tensor");
    }

    internal static CrescentException Damaged(string what, Exception? inner = null) =>
        new("tensors-damaged", $"The file is not valid safetensors: {what}. Export or download it again.", inner: inner);

    private static byte[] Header(TensorSet tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject(SafetensorsHeader.MetadataKey);
            var all = new SortedDictionary<string, string>(metadata.ToDictionary(), StringComparer.Ordinal);
            all.TryAdd("format", "pt");
            foreach (var (key, value) in all)
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
            var offset = 0L;
            foreach (var tensor in tensors.Tensors)
            {
                if (tensor.Shape.Aggregate(1L, (product, size) => checked(product * size)) != tensor.Values.Length)
                {
                    throw new ArgumentException($"Tensor '{tensor.Name}' holds {tensor.Values.Length} values, not [{string.Join(", ", tensor.Shape)}].", nameof(tensors));
                }

                var end = offset + ((long)tensor.Values.Length * sizeof(float));
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", "F32");
                WriteArray(json, "shape", tensor.Shape.Select(size => (long)size));
                WriteArray(json, "data_offsets", [offset, end]);
                json.WriteEndObject();
                offset = end;
            }

            json.WriteEndObject();
        }

        var padded = new byte[((buffer.WrittenCount + 8 + Alignment - 1) / Alignment * Alignment) - 8];
        buffer.WrittenSpan.CopyTo(padded);
        padded.AsSpan(buffer.WrittenCount).Fill((byte)' ');
        return padded;
    }

    private static void WriteArray(Utf8JsonWriter json, string name, IEnumerable<long> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }

    private static byte[] ReadHeader(Stream stream, int length)
    {
        // Grows with what really arrives, so that a false length costs no memory.
        using var header = new MemoryStream();
        var chunk = new byte[Math.Min(length, 1 << 16)];
        while (header.Length < length)
        {
            var read = stream.Read(chunk, 0, (int)Math.Min(chunk.Length, length - header.Length));
            if (read == 0)
            {
                throw Damaged("it ends inside the header");
            }

            header.Write(chunk, 0, read);
        }

        return header.ToArray();
    }

    private static float[] ReadValues(Stream stream, SafetensorsEntry entry, byte[] chunk, bool lengthIsKnown)
    {
        var count = entry.Count;
        var values = new float[lengthIsKnown ? count : Math.Min(count, ChunkValues)];
        for (var done = 0; done < count;)
        {
            var now = Math.Min(count - done, chunk.Length / entry.BytesPerValue);
            var bytes = chunk.AsSpan(0, now * entry.BytesPerValue);
            if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
            {
                throw Damaged($"it ends inside tensor '{entry.Name}'");
            }

            if (done + now > values.Length)
            {
                Array.Resize(ref values, (int)Math.Min(count, Math.Max(done + now, 2L * values.Length)));
            }

            Widen(bytes, entry.Format, values.AsSpan(done, now));
            done += now;
        }

        return values;
    }

    private static void Widen(ReadOnlySpan<byte> bytes, NumberFormat format, Span<float> values)
    {
        if (format == NumberFormat.F32)
        {
            bytes.CopyTo(MemoryMarshal.AsBytes(values));
            return;
        }

        var halves = MemoryMarshal.Cast<byte, ushort>(bytes);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = format == NumberFormat.F16 ? (float)BitConverter.UInt16BitsToHalf(halves[i]) : BitConverter.UInt32BitsToSingle((uint)halves[i] << 16);
        }
    }
}
