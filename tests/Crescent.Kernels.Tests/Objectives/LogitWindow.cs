using Crescent.Kernels.Engines;
using Crescent.Kernels.Objectives;
using Crescent.Kernels.Randomness;
using Crescent.Kernels.Tests.Engines.Cpu;

namespace Crescent.Kernels.Tests.Objectives;

/// <summary>A window whose statistics come from logits, in double precision: rows of supervised tokens, each with its logits, the reference's and a target.</summary>
internal sealed class LogitWindow
{
    public LogitWindow(int[] lengths, double[][] logits, double[][]? reference, int[] targets)
    {
        (Lengths, Logits, Targets) = (lengths, logits, targets);
        LogReference = reference?.Select(DoubleDecoder.LogSoftmax).ToArray();
    }

    /// <summary>Supervised tokens of each row.</summary>
    public int[] Lengths { get; }

    /// <summary>[token][vocabulary].</summary>
    public double[][] Logits { get; }

    public double[][]? LogReference { get; }

    public int[] Targets { get; }

    public int Count => Logits.Length;

    /// <summary>One token, logits [2, 1, 0, -1] against [1, 1, 0, 0], target 1.</summary>
    public static LogitWindow Example => new([1], [[2, 1, 0, -1]], [[1, 1, 0, 0]], [1]);

    public static LogitWindow Random(int[] lengths, int vocabulary = 6, uint index = 0)
    {
        var random = new RandomStream(new RandomKey(11, RandomPurpose.BaseData, index));
        double[][] Draw() => [.. Enumerable.Range(0, lengths.Sum()).Select(_ => Enumerable.Range(0, vocabulary).Select(_ => random.NextGaussian()).ToArray())];
        return new LogitWindow(lengths, Draw(), Draw(), [.. Enumerable.Range(0, lengths.Sum()).Select(_ => random.NextInt(vocabulary))]);
    }

    public LogitWindow With(double[][] logits) => new(Lengths, logits, LogReference, Targets);

    /// <summary>Exact figures of a token.</summary>
    public TokenFigures At(int token)
    {
        var log = DoubleDecoder.LogSoftmax(Logits[token]);
        var q = LogReference?[token];
        return new TokenFigures(
            log[Targets[token]],
            DoubleDecoder.Entropy(log),
            DoubleDecoder.Entropy(DoubleDecoder.LogSoftmax([.. log.OrderDescending().Take(20)])),
            log.Sum(value => Math.Exp(2 * value)),
            q is null ? 0 : q[Targets[token]],
            q is null ? 0 : DoubleDecoder.Divergence(log, q),
            q is null ? 0 : DoubleDecoder.Divergence(q, log));
    }

    public IReadOnlyList<TokenFigures> All => [.. Enumerable.Range(0, Count).Select(At)];

    /// <summary>As one batch; each row also has an unsupervised first token.</summary>
    public ObjectiveBatch Batch(PolicySignals? signals = null)
    {
        List<int> offsets = [0], targets = [];
        foreach (var length in Lengths)
        {
            targets.AddRange(Enumerable.Range(offsets[^1] + 1, length));
            offsets.Add(offsets[^1] + 1 + length);
        }

        var all = All;
        float[] Of(Func<TokenFigures, double> figure) => [.. all.Select(token => (float)figure(token))];
        var statistics = new TokenStatistics
        {
            LogProbability = Of(token => token.LogP),
            Entropy = Of(token => token.Entropy),
            TopEntropy = Of(token => token.TopEntropy),
            SumOfSquares = Of(token => token.Squares),
            ArgmaxHit = new bool[Count],
            ReferenceLogProbability = LogReference is null ? [] : Of(token => token.LogReference),
            ReverseKl = LogReference is null ? [] : Of(token => token.ReverseKl),
            ForwardKl = LogReference is null ? [] : Of(token => token.ForwardKl),
        };
        return new ObjectiveBatch(new TokenBatch(new int[offsets[^1]], [.. offsets], [.. targets]), statistics, signals);
    }

    public ObjectiveResult Evaluate(IObjective objective, PolicySignals? signals = null) => objective.Evaluate(new ObjectiveWindow([Batch(signals)], Count));

    /// <summary>The scalar whose gradient the coefficients describe.</summary>
    public double Described(TokenCoefficients coefficients) => All.Select((token, i) =>
        Value(coefficients.LogProbability, i) * token.LogP + Value(coefficients.Entropy, i) * token.Entropy + Value(coefficients.SumOfSquares, i) * token.Squares
        + Value(coefficients.ReverseKl, i) * token.ReverseKl + Value(coefficients.ForwardKl, i) * token.ForwardKl).Sum();

    /// <summary>Central differences of a function of the window by each logit.</summary>
    public double[] Differences(Func<LogitWindow, double> function)
    {
        const double Step = 1e-5;
        return [.. Enumerable.Range(0, Count).SelectMany(token => Enumerable.Range(0, Logits[token].Length).Select(v => (function(Moved(token, v, Step)) - function(Moved(token, v, -Step))) / (2 * Step)))];
    }

    private LogitWindow Moved(int token, int v, double step)
    {
        var moved = Logits.Select(row => row.ToArray()).ToArray();
        moved[token][v] += step;
        return With(moved);
    }

    private static double Value(float[] values, int i) => values.Length == 0 ? 0 : values[i];
}

internal sealed record TokenFigures(double LogP, double Entropy, double TopEntropy, double Squares, double LogReference, double ReverseKl, double ForwardKl)
{
    public double P => Math.Exp(LogP);
}
