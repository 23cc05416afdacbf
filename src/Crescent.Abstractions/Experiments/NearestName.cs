namespace Crescent.Abstractions.Experiments;

/// <summary>Finds what a misspelt name was meant to be.</summary>
internal static class NearestName
{
    /// <summary>A sentence that names the likely meaning, or all that is known here.</summary>
    public static string Cure(string name, IReadOnlyList<string> known) => Find(name, known) is { } nearest
        ? $"Did you mean '{nearest}'?"
        : known.Count == 0 ? "No field may stand here." : $"Known here: {string.Join(", ", known)}.";

    /// <summary>The known name at the smallest edit distance, if it is near enough to be meant; the first on ties.</summary>
    public static string? Find(string name, IReadOnlyList<string> known)
    {
        var nearest = known.Select(candidate => (Candidate: candidate, Distance: Distance(name.ToUpperInvariant(), candidate.ToUpperInvariant()))).OrderBy(pair => pair.Distance).FirstOrDefault();
        return nearest.Candidate is not null && nearest.Distance <= Math.Max(2, nearest.Candidate.Length / 3) && nearest.Distance < nearest.Candidate.Length ? nearest.Candidate : null;
    }

    /// <summary>Levenshtein distance.</summary>
    private static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var substitute = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substitute, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[^1];
    }
}
