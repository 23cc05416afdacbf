using Crescent.Kernels.Numerics;

namespace Crescent.Kernels.Sft;

/// <summary>Evaluates learning-rate schedules.</summary>
public static class LearningRates
{
    /// <summary>The rate of a step: linear warm-up times the decay at the share of the run done.</summary>
    /// <param name="step">From 0.</param>
    /// <param name="steps">Steps of the run.</param>
    public static double At(this LearningRateSpec rate, int step, int steps)
    {
        ArgumentNullException.ThrowIfNull(rate);
        var warmUp = rate.WarmUp == 0 ? 1 : Math.Min(1, (step + 1.0) / rate.WarmUp);
        var done = Math.Max(0, (((double)step / steps) - rate.HoldUntil) / (1 - rate.HoldUntil));
        var share = rate.Decay switch
        {
            DecayShape.Linear => 1 - done,
            DecayShape.Cosine => 0.5 * (1 + Elementary.Cos(Math.PI * done)),
            _ => 1,
        };
        return rate.Peak * warmUp * (rate.Floor + ((1 - rate.Floor) * share));
    }
}
