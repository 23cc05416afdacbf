using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;

namespace Crescent.Kernels.Tensors;

internal enum NumberFormat
{
    F32,
    F16,
    BF16,
}

/// <param name="Begin">First byte of the values, counted from the start of the data.</param>
internal sealed record SafetensorsEntry(string Name, NumberFormat Format, int[] Shape, int Count, long Begin, long End)
{
    public int BytesPerValue => Format == NumberFormat.F32 ? 4 : 2;
}

/// <summary>The JSON header of a safetensors file, checked: entries in data order without holes or overlaps.</summary>
internal sealed record SafetensorsHeader(IReadOnlyList<SafetensorsEntry> Entries, IReadOnlyDictionary<string, string> Metadata, long DataBytes)
{
    public const string MetadataKey = "__metadata__";

    /// <summary>The reference implementation's limit.</summary>
    public const int LargestHeader = 100_000_000;

    public static SafetensorsHeader Parse(byte[] json)
    {
        if (json.Length == 0 || json[0] != '{' || !Utf8.IsValid(json))
        {
            throw Safetensors.Damaged("its header is not a JSON object in UTF-8");
        }

        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false });
            return Parse(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a value of another kind, or a string with a lone surrogate.
            throw Safetensors.Damaged($"its header is malformed: {e.Message.TrimEnd('.')}", e);
        }
    }

    private static SafetensorsHeader Parse(JsonElement root)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        var entries = new List<SafetensorsEntry>();
        foreach (var property in root.EnumerateObject())
        {
            if (property.Name != MetadataKey)
            {
                entries.Add(Entry(property.Name, property.Value));
                continue;
            }

            foreach (var text in property.Value.EnumerateObject())
            {
                metadata.Add(text.Name, text.Value.GetString() ?? throw Safetensors.Damaged($"metadata '{text.Name}' is null"));
            }
        }

        var ordered = entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End).ToList();
        var end = 0L;
        foreach (var entry in ordered)
        {
            if (entry.Begin != end)
            {
                throw Safetensors.Damaged($"tensor '{entry.Name}' begins at byte {entry.Begin}, which leaves {(entry.Begin > end ? "a hole after" : "an overlap with")} byte {end}");
            }

            end = entry.End;
        }

        return new SafetensorsHeader(ordered, metadata, end);
    }

    private static SafetensorsEntry Entry(string name, JsonElement value)
    {
        var (format, shape, offsets) = ((NumberFormat?)null, (long[]?)null, (long[]?)null);
        foreach (var property in value.EnumerateObject())
        {
            switch (property.Name)
            {
                case "dtype": format = Format(name, property.Value.GetString()); break;
                case "shape": shape = Integers(name, property.Value); break;
                case "data_offsets": offsets = Integers(name, property.Value); break;
                default: throw Safetensors.Damaged($"tensor '{name}' has an unknown member '{property.Name}'");
            }
        }

        if (format is null || shape is null || offsets is not [var begin, var end])
        {
            throw Safetensors.Damaged($"tensor '{name}' lacks dtype, shape or two data_offsets");
        }

        if (shape.Length is not (1 or 2))
        {
            throw Safetensors.Damaged($"tensor '{name}' has {shape.Length} dimensions where one or two are supported");
        }

        var count = (Int128)shape[0] * (shape.Length == 2 ? shape[1] : 1);
        if (count > Array.MaxLength || shape.Any(size => size > int.MaxValue))
        {
            throw Safetensors.Damaged(string.Create(CultureInfo.InvariantCulture, $"tensor '{name}' has {count} values, more than fit in memory"));
        }

        var entry = new SafetensorsEntry(name, format.Value, [.. shape.Select(size => (int)size)], (int)count, begin, end);
        return end >= begin && end - begin == (long)entry.Count * entry.BytesPerValue
            ? entry
            : throw Safetensors.Damaged($"tensor '{name}' has data_offsets [{begin}, {end}], which do not fit its shape [{string.Join(", ", shape)}]");
    }

    private static NumberFormat Format(string name, string? dtype) => dtype switch
    {
        "F32" => NumberFormat.F32,
        "F16" => NumberFormat.F16,
        "BF16" => NumberFormat.BF16,
        _ => throw Safetensors.Damaged($"tensor '{name}' has dtype '{dtype}'; F32, F16 and BF16 are supported"),
    };

    private static long[] Integers(string name, JsonElement array)
    {
        var integers = new long[array.GetArrayLength()];
        for (var i = 0; i < integers.Length; i++)
        {
            if (array[i].ValueKind != JsonValueKind.Number || !array[i].TryGetInt64(out integers[i]) || integers[i] < 0)
            {
                throw Safetensors.Damaged($"tensor '{name}' has {array[i].GetRawText()} where a size or an offset belongs");
            }
        }

        return integers;
    }
}
