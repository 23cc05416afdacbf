namespace Crescent.Kernels.Recovery;

/// <summary>Generalised advantage estimation (arXiv 1506.02438) over the actions of one episode. The episode's end, also one by the limit of tries, is worth 0, and nothing leaks into another episode.</summary>
public static class GeneralisedAdvantages
{
    /// <summary>d_t = r_t + g_t V_(t+1) - V_t, A_t = d_t + g_t lambda A_(t+1), R_t = A_t + V_t.</summary>
    /// <param name="rewards">After each action.</param>
    /// <param name="values">Of the state before each action.</param>
    /// <param name="discounts">g_t, from each action to the next.</param>
    public static (double[] Advantages, double[] Returns) Of(IReadOnlyList<double> rewards, IReadOnlyList<double> values, IReadOnlyList<double> discounts, double lambda)
    {
        ArgumentNullException.ThrowIfNull(rewards);
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(discounts);
        var (advantages, returns) = (new double[rewards.Count], new double[rewards.Count]);
        var (next, later) = (0.0, 0.0);
        for (var t = rewards.Count - 1; t >= 0; t--)
        {
            later = rewards[t] + (discounts[t] * next) - values[t] + (discounts[t] * lambda * later);
            next = values[t];
            (advantages[t], returns[t]) = (later, later + values[t]);
        }

        return (advantages, returns);
    }
}
