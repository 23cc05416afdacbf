using Crescent.Kernels.Numerics;

namespace Crescent.Kernels.Objectives;

/// <summary>Estimators of KL(p || ref) from one token drawn from p, with d = log p - log ref (Schulman, 2020).</summary>
public enum KlEstimator
{
    /// <summary>d: unbiased; as a loss its gradient ignores the reference.</summary>
    K1,

    /// <summary>d^2 / 2: biased; as a loss its gradient is that of KL(p || ref) in expectation.</summary>
    K2,

    /// <summary>exp(-d) - 1 + d: unbiased and never negative; as a loss its gradient is that of KL(ref || p) in expectation.</summary>
    K3,
}

/// <summary>Values and slopes of the estimators; the log-ratio is clamped to +-clamp before anything is done with it.</summary>
public static class KlEstimators
{
    /// <returns>The estimate, and its derivative by log p: 0 where the clamp binds.</returns>
    public static (double Value, double Slope) At(this KlEstimator estimator, double logProbability, double reference, double clamp)
    {
        var difference = logProbability - reference;
        var d = Math.Clamp(difference, -clamp, clamp);
        var (value, slope) = estimator switch
        {
            KlEstimator.K1 => (d, 1),
            KlEstimator.K2 => (d * d / 2, d),
            _ => (Elementary.Exp(-d) - 1 + d, 1 - Elementary.Exp(-d)),
        };
        return (value, d == difference ? slope : 0);
    }
}
