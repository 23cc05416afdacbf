using Crescent.Kernels.Objectives;
using Crescent.Kernels.Sft;

namespace Crescent.Kernels.Tests.Objectives;

/// <summary>The coefficients of each objective against central differences of its loss, written here a second time with stop-gradient values and masks held at the base point.</summary>
public sealed class ObjectiveDifferencesTests
{
    private static readonly int[] Lengths = [5, 3, 4];

    /// <summary>Loss at a window that may have moved, given the base point.</summary>
    private static readonly Dictionary<string, (ObjectiveSpec Spec, Func<LogitWindow, LogitWindow, double> Loss)> Losses = new()
    {
        ["sft"] = (new("sft"), (now, _) => now.All.Average(token => -token.LogP)),
        ["dft"] = (new("dft"), (now, at) => now.All.Zip(at.All, (token, held) => -held.P * token.LogP).Average()),
        ["eaft"] = (new("eaft") { Alpha = 1.5 }, (now, at) => now.All.Zip(at.All, (token, held) => -Math.Pow(held.TopEntropy / 3, 1.5) * token.LogP).Average()),
        ["sft-kl"] = (new("sft-kl") { Lambda = 0.3 }, (now, _) => now.All.Average(token => -token.LogP + (0.3 * token.ForwardKl))),
        ["asft"] = (new("asft") { Lambda = 0.3 }, (now, at) => now.All.Zip(at.All, (token, held) => (-held.P * token.LogP) + (0.3 * token.ForwardKl)).Average()),
        ["iw-sft"] = (new("iw-sft") { Tau = 0.7, MaxWeight = 1.4 }, (now, at) => Rows(now).Sum(row =>
            -Math.Clamp(Math.Exp(0.7 * row.Average(i => at.At(i).LogP - at.At(i).LogReference)), 0, 1.4) * row.Sum(i => now.At(i).LogP)) / now.Count),
        ["psft"] = (new("psft") { ClipHigh = 0.5 }, (now, at) => now.All.Zip(at.All, (token, held) =>
            Math.Exp(held.LogP - held.LogReference) > 1.5 ? -1.5 : -Math.Exp(token.LogP - token.LogReference)).Average()),
        ["rho-1"] = (new("rho-1") { Ratio = 0.5 }, (now, at) => Top(at, token => token.LogReference - token.LogP, [.. Enumerable.Range(0, now.Count)], 0.5).Average(i => -now.At(i).LogP)),
        ["eksft"] = (new("eksft") { Ratio = 0.4, LambdaEntropy = 0.3, LambdaKl = 0.2 }, Selective),
        ["eksft-released"] = (new("eksft-released") { Ratio = 0.5, LambdaEntropy = 0.3, LambdaKl = 0.2 }, Released),
    };

    public static TheoryData<string> Names => [.. Losses.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Evaluate_Coefficients_AgreeWithFiniteDifferences(string name)
    {
        var (spec, loss) = Losses[name];
        var window = LogitWindow.Random(Lengths);
        var result = window.Evaluate(ObjectiveNumbersTests.Objective(spec, vocabulary: 6));
        Assert.Equal(loss(window, window), result.Loss, 1e-6);
        var expected = window.Differences(moved => loss(moved, window));
        var actual = window.Differences(moved => moved.Described(result.Coefficients[0]));
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
    }

    [Fact]
    public void Names_CoverTheCatalogue() => Assert.Equal(ObjectiveCatalogue.Names.Where(name => name != "neftune").Order(StringComparer.Ordinal), Losses.Keys.Order(StringComparer.Ordinal));

    private static double Selective(LogitWindow now, LogitWindow at)
    {
        int[] high = [.. Rows(at).SelectMany(row => Top(at, token => token.Entropy, row, 0.4))], far = [.. Rows(at).SelectMany(row => Top(at, token => token.ReverseKl, row, 0.4))];
        var kept = Enumerable.Range(0, at.Count).Except(high).Except(far);
        return kept.Average(i => -now.At(i).LogP) - (0.3 * high.Average(i => now.At(i).Entropy / Math.Log(6))) + (0.2 * far.Average(i => now.At(i).ReverseKl));
    }

    private static double Released(LogitWindow now, LogitWindow at) => Rows(at).Average(row =>
    {
        int[] high = [.. Top(at, token => token.Entropy, row[1..], 0.5)], far = [.. Top(at, token => token.ReverseKl, row[1..], 0.5)];
        var kept = row[..^1].Where(i => !high.Contains(i + 1) && !far.Contains(i + 1)).ToList();
        var weightOfEntropy = 0.3 * (high.Average(i => at.At(i).Entropy / Math.Log(6)) < 0.5 ? 1.05 : 0.95);
        var weightOfKl = 0.2 * (far.Average(i => at.At(i).ReverseKl) > 2 ? 1.05 : 0.95);
        return kept.Select(i => -now.At(i).LogP).DefaultIfEmpty().Average() - (weightOfEntropy * high.Average(i => now.At(i).Entropy / Math.Log(6)))
            + (weightOfKl * far.Average(i => now.At(i).Squares + now.At(i).Entropy + now.At(i).ReverseKl));
    });

    private static List<int[]> Rows(LogitWindow window)
    {
        var starts = window.Lengths.Select((_, i) => window.Lengths.Take(i).Sum());
        return [.. starts.Zip(window.Lengths, (start, length) => Enumerable.Range(start, length).ToArray())];
    }

    private static IEnumerable<int> Top(LogitWindow at, Func<TokenFigures, double> score, int[] tokens, double ratio) => tokens.OrderByDescending(i => score(at.At(i))).Take((int)(ratio * tokens.Length));
}
