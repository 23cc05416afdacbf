namespace Crescent.Chaos;

public static class ChaosSpec
{
    /// <summary>Every kind of run, in seconds.</summary>
    public const string Tiny = """
        version: 1
        name: chaos
        question: Does a killed experiment come out the same?
        preset: tiny
        """;
}
