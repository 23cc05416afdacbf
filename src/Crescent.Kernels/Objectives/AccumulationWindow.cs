using Crescent.Kernels.Engines;

namespace Crescent.Kernels.Objectives;

/// <summary>Runs one accumulation window: forward, objective and backward over its batches in order. The optimizer step is the caller's.</summary>
public static class AccumulationWindow
{
    /// <param name="signals">One per batch, or empty outside reinforcement learning.</param>
    /// <param name="observe">Sees each batch's statistics once.</param>
    /// <param name="reference">What the objective compares with, or null.</param>
    /// <param name="noise">Noise on the embeddings of a batch, or null.</param>
    /// <returns>The window's loss.</returns>
    public static double Accumulate(
        IEngine engine,
        IObjective objective,
        IReadOnlyList<TokenBatch> batches,
        float temperature = 1,
        IReadOnlyList<PolicySignals>? signals = null,
        Action<int, TokenStatistics>? observe = null,
        IEngine? reference = null,
        Func<int, ReadOnlyMemory<float>>? noise = null)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(objective);
        ArgumentNullException.ThrowIfNull(batches);
        var tokens = batches.Sum(batch => (long)batch.Targets.Length);
        var whole = objective.NeedsWholeWindow && batches.Count > 1
            ? objective.Evaluate(new ObjectiveWindow([.. batches.Select((batch, i) => Describe(i, engine.Score(batch, temperature, reference)))], tokens))
            : null;
        var loss = whole?.Loss ?? 0;
        for (var i = 0; i < batches.Count; i++)
        {
            using var pass = engine.Forward(batches[i], temperature, reference, noise?.Invoke(i) ?? default);
            observe?.Invoke(i, pass.Statistics);
            if (whole is not null)
            {
                engine.Backward(pass, whole.Coefficients[i]);
                continue;
            }

            var result = objective.Evaluate(new ObjectiveWindow([Describe(i, pass.Statistics)], tokens));
            loss += result.Loss;
            engine.Backward(pass, result.Coefficients[0]);
        }

        return loss;

        ObjectiveBatch Describe(int index, TokenStatistics statistics) => new(batches[index], statistics, signals?[index]);
    }
}
