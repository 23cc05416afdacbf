using System.Text.RegularExpressions;

namespace Crescent.Kernels.Tests.Numerics;

/// <summary>Calls whose bits change with the processor, the C library or the length of a span stay out of the kernels.</summary>
public sealed partial class BannedCallsTests
{
    /// <summary>Folders that may call the platform's functions: only results that are not hashed bit for bit pass there.</summary>
    private static readonly string[] Excused = ["Statistics", "Spectra", "Reports"];

    [Fact]
    public void Sources_OfTheKernels_CallNoPlatformDependentMathematics()
    {
        var repository = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(repository.FullName, "Orleans.sln")))
        {
            repository = repository.Parent!;
        }

        var root = Path.Combine(repository.FullName, "src/Crescent.Kernels");
        var offences = Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Select(file => (Path: Path.GetRelativePath(root, file), Text: File.ReadAllText(file)))
            .Where(file => !Excused.Contains(file.Path.Split(Path.DirectorySeparatorChar)[0]) && !file.Path.StartsWith("obj", StringComparison.Ordinal) && !file.Path.StartsWith("bin", StringComparison.Ordinal))
            .SelectMany(file => Banned().Matches(file.Text).Select(match => $"{file.Path}: {match.Value}"));
        Assert.Empty(offences);
    }

    [Theory]
    [InlineData("MathF.Exp(x)", true)]
    [InlineData("Math.Pow(2, x)", true)]
    [InlineData("TensorPrimitives.Sum(x)", true)]
    [InlineData("Avx512F.Reciprocal14(x)", true)]
    [InlineData("Vector512.MultiplyAddEstimate(x, y, z)", true)]
    [InlineData("Vector512.Sum(x)", true)]
    [InlineData("new Random(1)", true)]
    [InlineData("MathF.Sqrt(x)", false)]
    [InlineData("Math.FusedMultiplyAdd(x, y, z)", false)]
    [InlineData("Elementary.Log(x)", false)]
    public void Pattern_OfACall_MatchesWhatIsBanned(string code, bool banned) => Assert.Equal(banned, Banned().IsMatch(code));

    [GeneratedRegex(@"\bMathF?\.(Exp|Log|Log2|Log10|LogP1|ExpM1|Sin|Cos|SinCos|SinPi|CosPi|Tan|Asin|Acos|Atan|Atan2|Sinh|Cosh|Tanh|Pow|Cbrt)\s*\(|\bTensorPrimitives\.|\bVector(64|128|256|512)?\.(Sum|Dot|Exp|Log|Log2|Sin|Cos)\s*\(|\b\w+Estimate\s*\(|\.Reciprocal(Sqrt|14)?\w*\s*\(|\bnew Random\s*\(|\bRandom\.Shared\b")]
    private static partial Regex Banned();
}
