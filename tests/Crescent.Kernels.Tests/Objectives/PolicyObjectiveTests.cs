using Crescent.Kernels.Objectives;
using Crescent.Kernels.Tests.Engines.Cpu;

namespace Crescent.Kernels.Tests.Objectives;

/// <summary>The terms of reinforcement learning: reference numbers, on-policy expectations, and coefficients against finite differences.</summary>
public sealed class PolicyObjectiveTests
{
    private static readonly double[] P = [0.5, 0.3, 0.2], Q = [0.25, 0.25, 0.5];

    [Theory]
    [InlineData(KlEstimator.K1, 0.218012)]
    [InlineData(KlEstimator.K2, 0.209058)]
    [InlineData(KlEstimator.K3, 0.218012)]
    public void At_Expectation_IsTheReferenceNumber(KlEstimator estimator, double expected) =>
        Assert.Equal(expected, P.Zip(Q).Sum(pair => pair.First * estimator.At(Math.Log(pair.First), Math.Log(pair.Second), 20).Value), 5e-7);

    [Fact]
    public void Divergences_OfTheExample_AreTheReferenceNumbers()
    {
        double[] logP = [.. P.Select(p => Math.Log(p))], logQ = [.. Q.Select(p => Math.Log(p))];
        Assert.Equal(0.218012, DoubleDecoder.Divergence(logP, logQ), 5e-7);
        Assert.Equal(0.239278, DoubleDecoder.Divergence(logQ, logP), 5e-7);
    }

    [Theory]
    [InlineData(KlEstimator.K1)]
    [InlineData(KlEstimator.K2)]
    [InlineData(KlEstimator.K3)]
    public void At_OnPolicyGradient_IsNothingOrOneOfTheDivergences(KlEstimator estimator)
    {
        // E[k'(y) grad log p(y)] by logit v is sum_y p_y k'_y ([v = y] - p_v).
        double[] logits = [.. P.Select(p => Math.Log(p))], logQ = [.. Q.Select(p => Math.Log(p))];
        double[] slopes = [.. P.Zip(Q, (p, q) => estimator.At(Math.Log(p), Math.Log(q), 20).Slope)];
        for (var v = 0; v < 3; v++)
        {
            var gradient = P.Select((chance, y) => chance * slopes[y] * ((v == y ? 1 : 0) - P[v])).Sum();
            var difference = (Divergence(1e-6) - Divergence(-1e-6)) / 2e-6;
            Assert.Equal(estimator == KlEstimator.K1 ? 0 : difference, gradient, 1e-8);

            double Divergence(double step)
            {
                var logP = DoubleDecoder.LogSoftmax([.. logits.Select((logit, i) => i == v ? logit + step : logit)]);
                return estimator == KlEstimator.K3 ? DoubleDecoder.Divergence(logQ, logP) : DoubleDecoder.Divergence(logP, logQ);
            }
        }
    }

    [Theory]
    [InlineData(KlEstimator.K1)]
    [InlineData(KlEstimator.K2)]
    [InlineData(KlEstimator.K3)]
    public void At_ClampBinds_HasNoSlopeAndStaysFinite(KlEstimator estimator)
    {
        var (value, slope) = estimator.At(-1000, 0, 20);
        Assert.True(double.IsFinite(value));
        Assert.Equal(0, slope);
        Assert.Equal((0, estimator == KlEstimator.K1 ? 1 : 0), estimator.At(-1, -1, 20));
    }

    [Theory]
    [InlineData(LengthNormalisation.TokenMean, 3.6)]
    [InlineData(LengthNormalisation.SequenceMean, 4.33333)]
    [InlineData(LengthNormalisation.MaxLength, 2)]
    public void Of_Denominators_GiveTheReferenceAggregation(LengthNormalisation normalisation, double expected)
    {
        double[] losses = [1, 3, 2, 4, 8];
        var denominators = LengthDenominators.Of(normalisation, [2, 2, 1], windowTokens: 5, windowSequences: 3, longest: 3);
        Assert.Equal(expected, losses.Zip(denominators, (loss, denominator) => loss / denominator).Sum(), 5e-6);
    }

    [Fact]
    public void Ratio_OfASequence_IsTheGeometricMeanOrTheProduct()
    {
        float[] now = [0.1f, -0.3f, 0.5f];
        PolicySignals Signals(float weight) => new([1, 1, 1], new float[3]) { Sequences = [3], Weights = [weight, weight, weight], WindowSequences = 1 };
        Assert.Equal(1.105171, SequencePolicy.Ratio(now, Signals(1f / 3), 0, 3), 1e-6);
        Assert.Equal(1.349859, SequencePolicy.Ratio(now, Signals(1), 0, 3), 1e-6);
    }

    [Theory]
    [InlineData(0, 1, 2, 2, 1)]
    [InlineData(0.3, 1, 2, 1.445, 0)]
    [InlineData(0.3, 1, 0.5, 0.125, 0.5)]
    public void At_ValueLoss_IsHalfSquaredAndClipped(double clip, double value, double target, double loss, double slope)
    {
        // The value that acted was 0: with a clip of .3 a value of 1 counts as .3 where that is farther from the target.
        var (actual, by) = new ValueLoss(1, clip == 0 ? double.PositiveInfinity : clip, reachesTrunk: true).At(value, 0, target);
        Assert.Equal(clip == 0 ? 0.5 : loss, actual, 12);
        Assert.Equal(clip == 0 ? -1 : slope, by, 12);
    }

    public static TheoryData<string> Terms => ["clip", "sequence", "k1", "k2", "k3", "entropy"];

    [Theory]
    [MemberData(nameof(Terms))]
    public void Evaluate_Coefficients_AgreeWithFiniteDifferences(string term)
    {
        var window = LogitWindow.Random([4, 3, 5], index: 3);
        double[] advantages = [.. SmallModels.Random(3, 30).Select(value => (double)value)];
        float[] old = [.. window.All.Zip(SmallModels.Random(12, 31), (token, noise) => (float)(token.LogP + (0.4 * noise)))], weights = [.. SmallModels.Random(12, 32).Select(MathF.Abs)];
        var lengths = window.Lengths;
        var signals = new PolicySignals([.. lengths.SelectMany((length, i) => Enumerable.Repeat((float)advantages[i], length))], old)
        {
            Denominators = LengthDenominators.Of(LengthNormalisation.SequenceMean, lengths, 12, 3, 6), Sequences = lengths, Weights = weights, WindowSequences = 3,
        };
        IObjective objective = term switch
        {
            "clip" => new ClippedPolicy(0.2, 0.28, 1.5),
            "sequence" => new SequencePolicy(new ClippedPolicy(0.3, 0.4)),
            "entropy" => new EntropyBonus(0.3),
            _ => new KlPenalty(Enum.Parse<KlEstimator>(term, ignoreCase: true), 0.3, clamp: 1.5),
        };
        var result = window.Evaluate(objective, signals);
        Assert.Equal(Loss(window), result.Loss, 1e-6);
        var expected = window.Differences(Loss);
        var actual = window.Differences(moved => moved.Described(result.Coefficients[0]));
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 2e-6));

        double Loss(LogitWindow now)
        {
            var (loss, start) = (0.0, 0);
            foreach (var (length, advantage) in lengths.Zip(advantages))
            {
                int[] row = [.. Enumerable.Range(start, length)];
                loss += term == "sequence"
                    ? Clipped(Math.Exp(row.Sum(i => weights[i] * (now.At(i).LogP - old[i]))), advantage, 0.3, 0.4, double.PositiveInfinity) / 3
                    : row.Average(i => Token(now.At(i), old[i], advantage)) / 3;
                start += length;
            }

            return loss;
        }

        double Token(TokenFigures token, double before, double advantage)
        {
            var d = Math.Clamp(token.LogP - token.LogReference, -1.5, 1.5);
            return term switch
            {
                "clip" => Clipped(Math.Exp(token.LogP - before), advantage, 0.2, 0.28, 1.5),
                "entropy" => -0.3 * token.Entropy,
                "k1" => 0.3 * d,
                "k2" => 0.3 * d * d / 2,
                _ => 0.3 * (Math.Exp(-d) - 1 + d),
            };
        }
    }

    private static double Clipped(double r, double advantage, double low, double high, double dual)
    {
        var loss = Math.Max(-r * advantage, -Math.Clamp(r, 1 - low, 1 + high) * advantage);
        return advantage < 0 ? Math.Min(loss, -dual * advantage) : loss;
    }

    [Fact]
    public void Evaluate_Sum_AddsLossesAndCoefficients()
    {
        var window = LogitWindow.Random([4, 3]);
        var (one, other) = (window.Evaluate(new CrossEntropy()), window.Evaluate(new EntropyBonus(0.2)));
        var sum = window.Evaluate(new ObjectiveSum([new CrossEntropy(), new EntropyBonus(0.2)]));
        Assert.Equal(one.Loss + other.Loss, sum.Loss, 12);
        Assert.Equal(one.Coefficients[0].LogProbability, sum.Coefficients[0].LogProbability);
        Assert.Equal(other.Coefficients[0].Entropy, sum.Coefficients[0].Entropy);
    }
}
