using System.Runtime.InteropServices;

namespace Crescent.Server.Hosting;

/// <summary>The first SIGTERM or Ctrl-C asks the process to stop in an orderly way; this ends it at once at the second. Jobs lose no more than since their last snapshots.</summary>
public sealed class SecondSignal : IDisposable
{
    private readonly Action<int> exit;
    private readonly List<PosixSignalRegistration> registrations = [];
    private int received;

    internal SecondSignal(Action<int> exit) => this.exit = exit;

    public static SecondSignal Listen()
    {
        var second = new SecondSignal(Environment.Exit);
        second.registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => second.Receive(130)));
        second.registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => second.Receive(143)));
        return second;
    }

    public void Dispose() => registrations.ForEach(registration => registration.Dispose());

    internal void Receive(int exitCode)
    {
        if (Interlocked.Increment(ref received) == 2)
        {
            exit(exitCode);
        }
    }
}
