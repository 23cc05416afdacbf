using System.Globalization;

namespace Crescent.Chaos.Campaign;

internal static class ChaosArguments
{
    /// <summary>Null: not understood.</summary>
    public static ChaosOptions? Read(string[] args, int seed)
    {
        if (args is not [var number, .. var rest] || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var kills) || kills < 1 || rest.Length % 2 != 0)
        {
            return null;
        }

        var options = new ChaosOptions(kills, (ulong)seed, ["sqlite", "postgres"]);
        foreach (var pair in rest.Chunk(2))
        {
            ChaosOptions? next = pair switch
            {
                ["--seed", var text] when ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var given) => options with { Seed = given },
                ["--database", "sqlite" or "postgres"] => options with { Databases = [pair[1]] },
                ["--database", "both"] => options,
                _ => null,
            };
            if (next is null)
            {
                return null;
            }

            options = next;
        }

        return options;
    }
}
