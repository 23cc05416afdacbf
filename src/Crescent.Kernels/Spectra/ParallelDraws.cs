using System.Runtime.ExceptionServices;

namespace Crescent.Kernels.Spectra;

/// <summary>Independent pieces of work, each written to its own place, on dedicated threads: the result does not depend on how many.</summary>
internal static class ParallelDraws
{
    public static void Run(int count, int threads, Action<int> work)
    {
        var next = -1;
        ExceptionDispatchInfo? failure = null;
        var helpers = new Thread[Math.Clamp(threads, 1, count) - 1];
        for (var i = 0; i < helpers.Length; i++)
        {
            helpers[i] = new Thread(Loop) { IsBackground = true, Name = "spectral-null" };
            helpers[i].Start();
        }

        Loop();
        foreach (var helper in helpers)
        {
            helper.Join();
        }

        failure?.Throw();

        void Loop()
        {
            try
            {
                for (var i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
                {
                    work(i);
                }
            }
            catch (Exception e)
            {
                // Carried to the calling thread; the others finish what they began and take nothing new.
                Volatile.Write(ref failure, ExceptionDispatchInfo.Capture(e));
                Volatile.Write(ref next, count);
            }
        }
    }
}
