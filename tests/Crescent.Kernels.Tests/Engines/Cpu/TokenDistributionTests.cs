using Crescent.Kernels.Engines.Cpu;
using Crescent.Kernels.Numerics;

namespace Crescent.Kernels.Tests.Engines.Cpu;

/// <summary>Closed-form numbers for logits [2, 1, 0, -1], reference logits [1, 1, 0, 0], y = 1.</summary>
public sealed unsafe class TokenDistributionTests
{
    private const double Tolerance = 2e-6;

    [Fact]
    public void Statistics_OfKnownLogits_AreTheReferenceNumbers()
    {
        float* logP = stackalloc float[16], logQ = stackalloc float[16];
        Fill(logP, logQ);
        var (entropy, squares) = TokenDistribution.Spread(logP, 4);
        Assert.Equal(1.440190, -logP[1], Tolerance);
        Assert.Equal(0.947537, entropy, Tolerance);
        Assert.Equal(0.947537, TokenDistribution.TopEntropy(logP, 4), Tolerance);
        Assert.Equal(0.643914 * 0.643914 + 0.236883 * 0.236883 + 0.087144 * 0.087144 + 0.032059 * 0.032059, squares, Tolerance);
        Assert.Equal(0.178075, TokenDistribution.Divergence(logP, logQ, 4), Tolerance);
        Assert.Equal(0.202722, TokenDistribution.Divergence(logQ, logP, 4), Tolerance);
    }

    [Theory]
    [InlineData(1f)]
    [InlineData(2f)]
    public void Gradient_OfTheLogLikelihood_IsTheReferenceNumberOverTheTemperature(float temperature)
    {
        float* logP = stackalloc float[16], logQ = stackalloc float[16], gradient = stackalloc float[16];
        Fill(logP, logQ);
        TokenDistribution.Gradient(logP, null, 4, 1, new TokenGradient { LogProbability = -1 }, temperature, gradient);
        double[] expected = [.643914, -.763117, .087144, .032059];
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(expected[i] / temperature, gradient[i], Tolerance);
        }
    }

    [Fact]
    public void Divergence_OfADistributionFromItself_IsZero()
    {
        float* logP = stackalloc float[16], logQ = stackalloc float[16], gradient = stackalloc float[16];
        Fill(logP, logQ);
        Assert.Equal(0, TokenDistribution.Divergence(logP, logP, 4));
        TokenDistribution.Gradient(logP, logP, 4, 1, new TokenGradient { ReverseKlWeight = 3, ForwardKl = 2 }, 1, gradient);
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(0, gradient[i], 1e-6);
        }
    }

    [Fact]
    public void TopEntropy_OfALargeVocabulary_LooksAtTheTwentyLargest()
    {
        var logP = stackalloc float[64];
        for (var i = 0; i < 64; i++)
        {
            logP[i] = i % 3 == 1 && i < 60 ? 2 : -30;
        }

        Exponential.LogSoftmax(logP, 64, 1);
        Assert.Equal(Math.Log(20), TokenDistribution.TopEntropy(logP, 64), 1e-5);
    }

    private static void Fill(float* logP, float* logQ)
    {
        float[] logits = [2, 1, 0, -1];
        float[] reference = [1, 1, 0, 0];
        for (var i = 0; i < 4; i++)
        {
            (logP[i], logQ[i]) = (logits[i], reference[i]);
        }

        Exponential.LogSoftmax(logP, 4, 1);
        Exponential.LogSoftmax(logQ, 4, 1);
    }
}
