using Crescent.Kernels.Engines;
using Crescent.Kernels.Jobs;
using Crescent.Kernels.Numerics;
using Crescent.Kernels.Objectives;

namespace Crescent.Kernels.Recovery;

/// <summary>Collects, over the optimizer steps of an update, what its metrics say of the policy.</summary>
internal sealed class PolicyFigures
{
    private double entropy, samplerRatio, kl, policyRatio, gradientNorm;
    private long first, last, compared, steps;

    /// <summary>Takes in a batch of the first pass: the policy still is the one that acted.</summary>
    public void First(TokenStatistics statistics, float[] sampler)
    {
        first += statistics.Entropy.Length;
        for (var i = 0; i < statistics.Entropy.Length; i++)
        {
            entropy += statistics.Entropy[i];
            samplerRatio += Elementary.Exp(statistics.LogProbability[i] - sampler[i]);
        }

        compared += statistics.ReverseKl.Length;
        kl += statistics.ReverseKl.Sum(value => (double)value);
    }

    /// <summary>Takes in a batch of the last pass.</summary>
    public void Last(TokenStatistics statistics, PolicySignals signals)
    {
        for (var i = 0; i < signals.OldLogProbabilities.Length; i++)
        {
            policyRatio += ClippedPolicy.Ratio(statistics.LogProbability[i], signals.OldLogProbabilities[i]);
        }

        last += signals.OldLogProbabilities.Length;
    }

    public void Stepped(StepReport report)
    {
        steps++;
        gradientNorm += report.GradientNorm;
    }

    public void Record(IJobContext job, int step)
    {
        if (steps > 0)
        {
            job.Metric("gradient-norm", step, gradientNorm / steps);
            job.Metric("entropy", step, entropy / first);
            job.Metric("log-probability-ratio", step, samplerRatio / first);
        }

        if (compared > 0)
        {
            job.Metric("kl-to-reference", step, kl / compared);
        }

        if (last > 0)
        {
            job.Metric("policy-ratio", step, policyRatio / last);
        }
    }
}
