namespace Crescent.Server.Workers;

/// <summary>Runs kernels away from the thread pool, which serves grains and HTTP: on a thread of their own, below normal priority.</summary>
internal static class KernelThread
{
    // Kernels recurse little, but the default stack of a secondary thread follows `ulimit -s`.
    private const int StackBytes = 8 << 20;

    public static Task RunAsync(string name, Action work)
    {
        // The continuation must not run on the kernel's thread, which is about to end.
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() => Complete(done, work), StackBytes) { Name = name, IsBackground = true, Priority = ThreadPriority.BelowNormal };
        thread.Start();
        return done.Task;
    }

    private static void Complete(TaskCompletionSource done, Action work)
    {
        try
        {
            work();
            done.SetResult();
        }
        catch (Exception e)
        {
            done.SetException(e);
        }
    }
}
