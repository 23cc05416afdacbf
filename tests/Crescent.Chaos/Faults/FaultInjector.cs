using System.Globalization;
using System.Runtime.InteropServices;
using Crescent.Kernels.Randomness;

namespace Crescent.Chaos.Faults;

/// <summary>Decides, call by call, what goes wrong. Everything it throws is what a real store would throw: retryable, and silent about whether the write landed.</summary>
internal sealed partial class FaultInjector(FaultPlan plan, Switches switches)
{
    private const int Kill = 9;
    private static readonly TimeSpan Slowness = TimeSpan.FromMilliseconds(500);

    // Longer than the leases of the clusters: the write comes late, if it still may.
    private static readonly TimeSpan Stall = TimeSpan.FromSeconds(3);
    private readonly Lock gate = new();

    // Not one of the product's purposes: these numbers decide nothing that is computed.
    private readonly RandomStream random = new(new RandomKey(plan.Seed, (RandomPurpose)uint.MaxValue, 1));
    private int calls;

    /// <summary>How long the call waits before it begins.</summary>
    public TimeSpan Delay(string store) => store == "IBlobStore" && switches.IsOn(Switches.BlobsSlow) ? Slowness : !Happens(plan.Slow) ? TimeSpan.Zero : Happens(0.1) ? Stall : Slowness * Next();

    /// <summary>Throws where the call is to fail before it is carried out.</summary>
    public void Before(string store, string method)
    {
        if (store == "IBlobStore" && switches.IsOn(Switches.BlobsDown))
        {
            throw new CrescentException("storage-unavailable", "The blob store does not answer: chaos.", retryable: true);
        }

        if (store == "IBlobStore" && method == "PutAsync" && switches.IsOn(Switches.DiskFull))
        {
            throw new CrescentException("storage-full", "No space left for a blob: chaos.", retryable: true);
        }

        if (Happens(plan.Fail))
        {
            throw new CrescentException("storage-unavailable", $"{store}.{method} fails before it is carried out: chaos.", retryable: true);
        }
    }

    /// <summary>Kills the process, or throws, after a call that has been carried out.</summary>
    public void After(string store, string method)
    {
        if (plan.KillPoint == $"{store}.{method}" && Interlocked.Increment(ref calls) == plan.KillAt)
        {
            File.WriteAllText(Path.Combine(plan.Folder, string.Create(CultureInfo.InvariantCulture, $"killed-{Environment.ProcessId}")), plan.KillPoint);
            _ = Signal(Environment.ProcessId, Kill);
        }

        if (Happens(plan.Lose))
        {
            throw new CrescentException("storage-unavailable", $"{store}.{method} was carried out and its answer is lost: chaos.", retryable: true);
        }
    }

    private bool Happens(double share) => share > 0 && Next() < share;

    private double Next()
    {
        lock (gate)
        {
            return random.NextDouble();
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}
