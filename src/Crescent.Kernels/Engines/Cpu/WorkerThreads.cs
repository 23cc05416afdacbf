using System.Runtime.ExceptionServices;

namespace Crescent.Kernels.Engines.Cpu;

/// <summary>
/// A few dedicated threads that run the tasks of one loop at a time; the caller is worker 0. Tasks are handed out as workers get free, and a thread that comes too late is not waited for:
/// which worker runs which task must not matter. Never the thread pool: a long kernel would starve everything else that lives there.
/// </summary>
internal sealed class WorkerThreads : IDisposable
{
    private const int SpinsBeforeParking = 400;
    private const long Open = 1;
    private const long Joined = 2;
    private const long JoinedMask = 0xFFFE;
    private const int RoundShift = 16;
    private readonly Lock gate = new();
    private readonly SemaphoreSlim wake = new(0);
    private Thread[] threads = [];
    private Action<int, int>? body;
    private Exception? failure;
    private int count = 1;
    private int tasks;
    private int next;
    private int parked;

    /// <summary>Number of the loop, how many threads have joined it, and whether more may; -1: the threads are to end.</summary>
    private long state;

    /// <summary>Workers, the caller included. Changing it ends the threads; the next loop starts new ones.</summary>
    public int Count
    {
        get => count;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1024);
            if (value != count)
            {
                Dispose();
                count = value;
            }
        }
    }

    /// <summary>Runs <paramref name="work"/>(task, worker) for every task and waits for all. The first exception is thrown here.</summary>
    public void Run(int taskCount, Action<int, int> work)
    {
        if (count == 1 || taskCount <= 1)
        {
            for (var task = 0; task < taskCount; task++)
            {
                work(task, 0);
            }

            return;
        }

        Start();
        (body, tasks, next, failure) = (work, taskCount, 0, null);
        Volatile.Write(ref state, (((state >> RoundShift) + 1) << RoundShift) | Open);
        Wake();
        Drain(0);
        Interlocked.And(ref state, ~Open);
        var spin = default(SpinWait);
        while ((Volatile.Read(ref state) & JoinedMask) != 0)
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }

        body = null;
        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        if (threads.Length == 0)
        {
            return;
        }

        Volatile.Write(ref state, -1);
        Wake();
        foreach (var thread in threads)
        {
            thread.Join();
        }

        threads = [];
        state = 0;
    }

    private void Start()
    {
        if (threads.Length > 0)
        {
            return;
        }

        threads = new Thread[count - 1];
        for (var i = 0; i < threads.Length; i++)
        {
            var worker = i + 1;
            threads[i] = new Thread(() => Work(worker)) { IsBackground = true, Name = $"cpu-engine-{worker}" };
            threads[i].Start();
        }
    }

    private void Wake()
    {
        lock (gate)
        {
            if (parked > 0)
            {
                wake.Release(parked);
                parked = 0;
            }
        }
    }

    private void Work(int worker)
    {
        long seen = 0;
        while (true)
        {
            for (var spins = 0; !IsNew(seen) && spins < SpinsBeforeParking; spins++)
            {
                Thread.SpinWait(20);
            }

            var now = Volatile.Read(ref state);
            if (now == -1)
            {
                return;
            }

            if (!IsNew(seen))
            {
                Park(seen);
            }
            else if (Interlocked.CompareExchange(ref state, now + Joined, now) == now)
            {
                seen = now >> RoundShift;
                Drain(worker);
                Interlocked.Add(ref state, -Joined);
            }
        }
    }

    /// <summary>Whether there is a loop to join, or an order to end.</summary>
    private bool IsNew(long seen)
    {
        var now = Volatile.Read(ref state);
        return now == -1 || ((now & Open) != 0 && now >> RoundShift != seen);
    }

    private void Park(long seen)
    {
        lock (gate)
        {
            if (IsNew(seen))
            {
                return;
            }

            parked++;
        }

        wake.Wait();
    }

    private void Drain(int worker)
    {
        try
        {
            for (var task = Interlocked.Increment(ref next) - 1; task < tasks; task = Interlocked.Increment(ref next) - 1)
            {
                body!(task, worker);
            }
        }
#pragma warning disable CA1031 // Carried to the caller of Run, whatever it is.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Interlocked.CompareExchange(ref failure, exception, null);
        }
    }
}
