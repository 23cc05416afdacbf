using Crescent.Kernels.Engines;

namespace Crescent.Kernels.Objectives;

/// <summary>
/// The critic's half squared loss, coefficient/2 mean of (V - R)^2; v = coefficient (V - R) / N_V. With a clip the loss is the larger of (V - R)^2 and (V_clip - R)^2, V_clip within +-clip of the value of the policy that acted,
/// so v = 0 where |V - V_old| &gt; clip and the clipped one is larger.
/// </summary>
/// <param name="clip">Infinite: none.</param>
/// <param name="reachesTrunk">Whether the gradient goes on into the decoder.</param>
public sealed class ValueLoss(double coefficient, double clip, bool reachesTrunk) : IObjective
{
    public ObjectiveResult Evaluate(ObjectiveWindow window)
    {
        ArgumentNullException.ThrowIfNull(window);
        var loss = 0.0;
        var coefficients = new List<TokenCoefficients>(window.Batches.Count);
        foreach (var batch in window.Batches)
        {
            var signals = batch.Signals ?? throw new ArgumentException("A critic needs returns.", nameof(window));
            var v = new float[signals.Returns.Length];
            for (var i = 0; i < v.Length; i++)
            {
                if (!float.IsNaN(signals.Returns[i]))
                {
                    var (value, slope) = At(batch.Statistics.Value[i], signals.OldValues[i], signals.Returns[i]);
                    loss += coefficient * value / signals.WindowValues;
                    v[i] = (float)(coefficient * slope / signals.WindowValues);
                }
            }

            coefficients.Add(new TokenCoefficients { LogProbability = [], Value = v, ValueReachesTrunk = reachesTrunk });
        }

        return new ObjectiveResult(loss, coefficients);
    }

    /// <summary>Half the squared error of one state, and its derivative by V.</summary>
    public (double Loss, double Slope) At(double value, double old, double target)
    {
        var clipped = Math.Clamp(value, old - clip, old + clip);
        var (plain, bounded) = ((value - target) * (value - target) / 2, (clipped - target) * (clipped - target) / 2);
        return bounded > plain ? (bounded, 0) : (plain, value - target);
    }
}
