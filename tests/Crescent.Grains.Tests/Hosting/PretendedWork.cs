using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Jobs;
using Crescent.Kernels.Sft;
using Crescent.Storage.Jobs;

namespace Crescent.Grains.Tests.Hosting;

/// <summary>Outcomes of the right shape, without any computing.</summary>
internal static class PretendedWork
{
    public static IEnumerable<(string Kind, int Step, string Payload)> Outcomes(JobClaim claim)
    {
        var steps = claim.Kind switch
        {
            JobKinds.BaseTraining => [JobJson.Read<BaseTrainingSpec>(claim.Spec).Steps],
            JobKinds.Sft => claim.Schedule!.Missing,
            JobKinds.Recovery => [4],
            _ => Array.Empty<int>(),
        };
        foreach (var step in steps)
        {
            yield return (OutcomeKinds.Checkpoint, step, "{}");
        }

        if (claim.Schedule is { Completed: true })
        {
            yield break;
        }

        yield return (OutcomeKinds.Completed, 0, claim.Kind == JobKinds.Evaluation ? Summary(claim) : "{}");
    }

    /// <summary>Accuracies drawn from the checkpoint's hash, so that the best one is always the same.</summary>
    private static string Summary(JobClaim claim)
    {
        var accuracy = Convert.ToInt32(claim.Inputs["checkpoint"][..4], 16) / 65536.0;
        var split = new SplitAccuracy(accuracy, accuracy, 10, 5);
        return JobJson.Write(new EvaluationSummary(split, split, split, split));
    }
}
