namespace Crescent.Kernels.Engines.Cpu;

/// <summary>
/// A few dedicated threads that run the tasks of one loop at a time; the caller is worker 0. Tasks are handed out as workers get free: which worker runs which task must not matter.
/// Never the thread pool: a long kernel would starve everything else that lives there.
/// </summary>
internal sealed class WorkerThreads : IDisposable
{
    private const int SpinsBeforeParking = 400;
    private readonly Lock gate = new();
    private readonly SemaphoreSlim wake = new(0);
    private Thread[] threads = [];
    private Action<int, int>? body;
    private Exception? failure;
    private int count = 1;
    private int tasks;
    private int next;
    private volatile int round;
    private volatile int pending;
    private int parked;
    private volatile bool stopping;

    /// <summary>Workers, the caller included. Changing it ends the threads; the next loop starts new ones.</summary>
    public int Count
    {
        get => count;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
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
        pending = threads.Length;
        Interlocked.Increment(ref round);
        Wake();
        Drain(0);
        var spin = default(SpinWait);
        while (pending > 0)
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }

        body = null;
        if (failure is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        if (threads.Length == 0)
        {
            return;
        }

        stopping = true;
        Interlocked.Increment(ref round);
        Wake();
        foreach (var thread in threads)
        {
            thread.Join();
        }

        threads = [];
        stopping = false;
    }

    private void Start()
    {
        if (threads.Length > 0)
        {
            return;
        }

        var from = round;
        threads = new Thread[count - 1];
        for (var i = 0; i < threads.Length; i++)
        {
            var worker = i + 1;
            threads[i] = new Thread(() => Work(worker, from)) { IsBackground = true, Name = $"cpu-engine-{worker}" };
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

    private void Work(int worker, int seen)
    {
        while (true)
        {
            for (var spins = 0; round == seen && spins < SpinsBeforeParking; spins++)
            {
                Thread.SpinWait(20);
            }

            if (round == seen)
            {
                Park(seen);
                continue;
            }

            seen = round;
            if (stopping)
            {
                return;
            }

            Drain(worker);
            Interlocked.Decrement(ref pending);
        }
    }

    private void Park(int seen)
    {
        lock (gate)
        {
            if (round != seen)
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
