using System.Globalization;
using System.Text;
using Crescent.Kernels.Jobs;
using Crescent.Storage.Artifacts;
using Crescent.Storage.Jobs;

namespace Crescent.Grains.Tests.Hosting;

/// <summary>Claims jobs and commits outcomes of the right shape at once; its artifacts say what made them. Runs when the test tells it to.</summary>
internal sealed class TestWorker(GrainHost host)
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    /// <summary>Kinds whose jobs fail for good.</summary>
    public IReadOnlyList<string> Fails { get; init; } = [];

    /// <summary>Works whenever jobs are queued until the experiment reaches the phase.</summary>
    public Task UntilAsync(string experiment, string phase) => UntilAsync(host.Experiments.ReachedAsync(experiment, phase));

    /// <summary>Works whenever jobs are queued until that has happened.</summary>
    public async Task UntilAsync(Task reached)
    {
        using var queued = new SemaphoreSlim(1);
        void Call()
        {
            try
            {
                queued.Release();
            }
            catch (ObjectDisposedException)
            {
                // A hint that was on its way when the test had seen enough.
            }
        }

        host.Hints.JobsQueued += Call;
        try
        {
            while (await Task.WhenAny(reached, queued.WaitAsync(TestContext.Current.CancellationToken)) != reached)
            {
                while (await WorkAsync() is not null)
                {
                }
            }

            await reached;
        }
        finally
        {
            host.Hints.JobsQueued -= Call;
        }
    }

    /// <summary>Does one job from start to end; returns its kind, or null when there is none.</summary>
    public async Task<string?> WorkAsync()
    {
        if (await ClaimAsync() is not { } claim)
        {
            return null;
        }

        if (Fails.Contains(claim.Kind))
        {
            await host.Work.FailAsync(claim, new JobFailure("kernel-failed", "as the test asks", Retryable: false));
        }
        else
        {
            foreach (var (kind, step, payload) in PretendedWork.Outcomes(claim))
            {
                await CommitAsync(claim, kind, step, payload);
            }
        }

        host.Hints.Wake();
        return claim.Kind;
    }

    public Task<JobClaim?> ClaimAsync() => host.Work.ClaimAsync(new WorkerIdentity("test", JobKinds.All, host.Code), Lease);

    private Task CommitAsync(JobClaim claim, string kind, int step, string payload)
    {
        var text = Encoding.UTF8.GetBytes($"{claim.Kind} {step} {JobJson.Hash(claim.Spec)} {string.Join(' ', claim.Inputs.OrderBy(input => input.Key, StringComparer.Ordinal).Select(input => input.ToString()))}");
        return CommitAsync(claim, kind, step, payload, text);
    }

    private async Task CommitAsync(JobClaim claim, string kind, int step, string payload, byte[] content)
    {
        var blob = await host.Blobs.PutAsync(stream => stream.Write(content));
        var artifact = new ArtifactReference($"{kind}-{step.ToString(CultureInfo.InvariantCulture)}", ArtifactKinds.Checkpoint, "text/plain", blob.Sha256, blob.Bytes);
        await host.Work.CommitAsync(claim, new JobCommitRecord(null, step, [new JobOutcomeRecord(kind, step, payload, [artifact])], []));
    }
}
