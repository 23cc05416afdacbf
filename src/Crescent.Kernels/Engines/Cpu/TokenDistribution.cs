using System.Runtime.Intrinsics;
using Crescent.Kernels.Numerics;

namespace Crescent.Kernels.Engines.Cpu;

/// <summary>Statistics of one token's distribution and the gradient of what coefficients ask for, from its log-probabilities (docs/kernels.md, "Token coefficients").</summary>
internal static unsafe class TokenDistribution
{
    private const int TopCount = 20;

    /// <summary>H = -sum p log p and sum p^2.</summary>
    public static (float Entropy, float SumOfSquares) Spread(float* logP, int count)
    {
        var (entropy, squares) = (Vector512<float>.Zero, Vector512<float>.Zero);
        for (var i = 0; i < count; i += Lanes.Count)
        {
            var log = Lanes.Load(logP + i, count - i, float.MinValue);
            var p = Exponential.Exp(log);
            entropy = Vector512.FusedMultiplyAdd(p, log, entropy);
            squares = Vector512.FusedMultiplyAdd(p, p, squares);
        }

        return (-Lanes.Sum(entropy), Lanes.Sum(squares));
    }

    /// <summary>KL(p || q) = sum p (log p - log q).</summary>
    public static float Divergence(float* logP, float* logQ, int count)
    {
        var sum = Vector512<float>.Zero;
        for (var i = 0; i < count; i += Lanes.Count)
        {
            var log = Lanes.Load(logP + i, count - i, float.MinValue);
            sum = Vector512.FusedMultiplyAdd(Exponential.Exp(log), log - Lanes.Load(logQ + i, count - i), sum);
        }

        return Lanes.Sum(sum);
    }

    /// <summary>Entropy of the largest min(20, count) probabilities after they have been made to sum to 1.</summary>
    public static float TopEntropy(float* logP, int count)
    {
        var size = Math.Min(TopCount, count);
        var top = stackalloc float[2 * Lanes.Count];
        new Span<float>(top, 2 * Lanes.Count).Fill(float.NegativeInfinity);
        for (var i = 0; i < count; i++)
        {
            var value = logP[i];
            if (!(value > top[size - 1]))
            {
                continue;
            }

            var at = size - 1;
            for (; at > 0 && top[at - 1] < value; at--)
            {
                top[at] = top[at - 1];
            }

            top[at] = value;
        }

        Exponential.LogSoftmax(top, size, 1);
        return Spread(top, size).Entropy;
    }

    /// <summary>
    /// The gradient of a log p(y) + b H + r KL(p || q) + f KL(q || p) + e sum p^2 with respect to the logits before the temperature divided them, into <paramref name="gradient"/>:
    /// p (-a - b (log p + H) + r (log p - log q - KL) + f + 2 e (p - S)) - f q + a [v = y], over the temperature.
    /// </summary>
    /// <param name="logQ">The reference's log-probabilities; null when neither divergence is asked for.</param>
    public static void Gradient(float* logP, float* logQ, int count, int target, in TokenGradient token, float temperature, float* gradient)
    {
        var constant = Vector512.Create(token.ForwardKl - token.LogProbability - token.EntropyWeight * token.Entropy - token.ReverseKlWeight * token.ReverseKl - 2 * token.SumOfSquaresWeight * token.SumOfSquares);
        var onLogP = Vector512.Create(token.ReverseKlWeight - token.EntropyWeight);
        var onLogQ = Vector512.Create(-token.ReverseKlWeight);
        var onP = Vector512.Create(2 * token.SumOfSquaresWeight);
        var onQ = Vector512.Create(-token.ForwardKl);
        for (var i = 0; i < count; i += Lanes.Count)
        {
            var left = count - i;
            var log = Lanes.Load(logP + i, left);
            var p = Exponential.Exp(log);
            var inner = Vector512.FusedMultiplyAdd(onP, p, Vector512.FusedMultiplyAdd(onLogP, log, constant));
            var value = p * inner;
            if (logQ is not null)
            {
                var logOfQ = Lanes.Load(logQ + i, left);
                value = p * Vector512.FusedMultiplyAdd(onLogQ, logOfQ, inner);
                value = Vector512.FusedMultiplyAdd(onQ, Exponential.Exp(logOfQ), value);
            }

            Lanes.Store(value, gradient + i, left);
        }

        gradient[target] += token.LogProbability;
        if (temperature == 1)
        {
            return;
        }

        for (var i = 0; i < count; i += Lanes.Count)
        {
            Lanes.Store(Lanes.Load(gradient + i, count - i) / Vector512.Create(temperature), gradient + i, count - i);
        }
    }
}

/// <summary>One token's coefficients beside the statistics that their gradients contain.</summary>
internal readonly struct TokenGradient
{
    public float LogProbability { get; init; }
    public float EntropyWeight { get; init; }
    public float ReverseKlWeight { get; init; }
    public float ForwardKl { get; init; }
    public float SumOfSquaresWeight { get; init; }
    public float Entropy { get; init; }
    public float ReverseKl { get; init; }
    public float SumOfSquares { get; init; }

    public bool NeedsReference => ReverseKlWeight != 0 || ForwardKl != 0;

    public static TokenGradient Of(TokenCoefficients coefficients, TokenStatistics statistics, int token) => new()
    {
        LogProbability = At(coefficients.LogProbability, token),
        EntropyWeight = At(coefficients.Entropy, token),
        ReverseKlWeight = At(coefficients.ReverseKl, token),
        ForwardKl = At(coefficients.ForwardKl, token),
        SumOfSquaresWeight = At(coefficients.SumOfSquares, token),
        Entropy = statistics.Entropy[token],
        ReverseKl = At(statistics.ReverseKl, token),
        SumOfSquares = statistics.SumOfSquares[token],
    };

    private static float At(float[] values, int token) => values.Length == 0 ? 0 : values[token];
}
