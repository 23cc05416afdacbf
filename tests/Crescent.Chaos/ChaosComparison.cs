namespace Crescent.Chaos;

public static class ChaosComparison
{
    /// <summary>What differs between two experiments that must have made the same; empty when nothing does.</summary>
    public static IReadOnlyList<string> Differences(IReadOnlyDictionary<string, string> expected, IReadOnlyDictionary<string, string> found) =>
    [
        .. expected.Where(artifact => !found.ContainsKey(artifact.Key)).Select(artifact => $"{artifact.Key} is missing"),
        .. found.Where(artifact => !expected.ContainsKey(artifact.Key)).Select(artifact => $"{artifact.Key} is new"),
        .. expected.Where(artifact => found.TryGetValue(artifact.Key, out var hash) && hash != artifact.Value).Select(artifact => $"{artifact.Key} differs: {found[artifact.Key][..12]}, undisturbed {artifact.Value[..12]}"),
    ];
}
