namespace Crescent.Kernels.Recovery;

/// <summary>Advantages of group-relative policy optimisation (arXiv 2402.03300), carried over to dialogues of several tries.</summary>
public static class Advantages
{
    /// <summary>(R - mean) / (s + epsilon) with the sample standard deviation s. All zero when the largest equals the smallest: rounding residue must not be blown up.</summary>
    public static double[] Normalise(IReadOnlyList<double> rewards, double epsilon)
    {
        ArgumentNullException.ThrowIfNull(rewards);
        if (rewards.Count < 2 || rewards.Max() == rewards.Min())
        {
            return new double[rewards.Count];
        }

        var mean = rewards.Sum() / rewards.Count;
        var deviation = Math.Sqrt(rewards.Sum(reward => (reward - mean) * (reward - mean)) / (rewards.Count - 1));
        return [.. rewards.Select(reward => (reward - mean) / (deviation + epsilon))];
    }

    /// <summary>R - mean (Dr. GRPO, arXiv 2503.20783). All zero when the largest equals the smallest.</summary>
    public static double[] Centre(IReadOnlyList<double> rewards)
    {
        ArgumentNullException.ThrowIfNull(rewards);
        if (rewards.Count < 2 || rewards.Max() == rewards.Min())
        {
            return new double[rewards.Count];
        }

        var mean = rewards.Sum() / rewards.Count;
        return [.. rewards.Select(reward => reward - mean)];
    }

    /// <summary>R - mean of the others = G/(G - 1) (R - mean) (RLOO, arXiv 2402.14740).</summary>
    public static double[] LeaveOneOut(IReadOnlyList<double> rewards)
    {
        ArgumentNullException.ThrowIfNull(rewards);
        return [.. Centre(rewards).Select(advantage => advantage * rewards.Count / Math.Max(1, rewards.Count - 1))];
    }

    /// <summary>(A - mean) / (s + 1e-8) over all actions of a batch, with the sample standard deviation s.</summary>
    public static double[] Whiten(IReadOnlyList<double> advantages) => Normalise(advantages, 1e-8);

    /// <summary>Return-to-go of each try: G_t = R_t + discount G_(t+1).</summary>
    public static double[] Returns(IReadOnlyList<double> rewards, double discount)
    {
        ArgumentNullException.ThrowIfNull(rewards);
        var returns = new double[rewards.Count];
        for (var i = rewards.Count - 1; i >= 0; i--)
        {
            returns[i] = rewards[i] + (i + 1 < rewards.Count ? discount * returns[i + 1] : 0);
        }

        return returns;
    }

    /// <summary>
    /// Advantage of each try of each episode. A first try is compared with the others of its group; later tries start from different histories, so each is compared with the same try of the whole batch.
    /// </summary>
    /// <param name="returns">[episode][try], ragged; episodes of a group stand together.</param>
    /// <param name="compare">Returns that may be compared to their advantages.</param>
    public static double[][] OfTries(IReadOnlyList<double[]> returns, int groupSize, Func<IReadOnlyList<double>, double[]> compare)
    {
        ArgumentNullException.ThrowIfNull(returns);
        ArgumentNullException.ThrowIfNull(compare);
        var advantages = returns.Select(episode => new double[episode.Length]).ToArray();
        for (var start = 0; start < returns.Count; start += groupSize)
        {
            Fill([.. Enumerable.Range(start, groupSize)], number: 0);
        }

        var most = returns.Max(episode => episode.Length);
        for (var number = 1; number < most; number++)
        {
            Fill([.. Enumerable.Range(0, returns.Count).Where(i => returns[i].Length > number)], number);
        }

        return advantages;

        void Fill(int[] episodes, int number)
        {
            var normalised = compare([.. episodes.Select(i => returns[i][number])]);
            for (var j = 0; j < episodes.Length; j++)
            {
                advantages[episodes[j]][number] = normalised[j];
            }
        }
    }
}
