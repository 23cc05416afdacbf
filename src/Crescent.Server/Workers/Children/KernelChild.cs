using System.Runtime.InteropServices;
using Crescent.Kernels.Jobs;

namespace Crescent.Server.Workers.Children;

/// <summary>The process of one kernel: gets its job on stdin, talks to its worker over stdin and stdout, and ends with the job. It has no settings, and reaches neither database nor blobs.</summary>
public static class KernelChild
{
    /// <summary>The one argument with which a program of Crescent is a kernel's process.</summary>
    public const string Verb = "run-kernel";

    public static int Run()
    {
        // Ctrl-C reaches every process of the terminal. The worker decides what it means: a snapshot first.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => signal.Cancel = true);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => signal.Cancel = true);
        VolunteerWhenMemoryRunsOut();
        using var pipe = new KernelPipe(Console.OpenStandardInput(), Console.OpenStandardOutput());
        Console.SetOut(Console.Error);
        using var services = new ServiceCollection().AddCrescentKernels().BuildServiceProvider();
        Serve(pipe, services.GetServices<IKernel>());
        return 0;
    }

    internal static void Serve(KernelPipe pipe, IEnumerable<IKernel> kernels)
    {
        var job = new ChildJobContext(pipe);
        try
        {
            kernels.First(kernel => kernel.Kind == job.Kind).Run(job);
            pipe.Out.Write((byte)KernelCall.Returned);
        }
        catch (EndOfStreamException)
        {
            // The worker is gone; another attempt goes on from the last snapshot.
            return;
        }
        catch (Exception e)
        {
            pipe.Out.Write((byte)KernelCall.Threw);
            KernelErrors.Write(pipe, e);
        }

        pipe.Out.Flush();
    }

    /// <summary>Where memory runs out, the kernel is to die, not its worker.</summary>
    private static void VolunteerWhenMemoryRunsOut()
    {
        const string score = "/proc/self/oom_score_adj";
        if (File.Exists(score))
        {
            File.WriteAllText(score, "800");
        }
    }
}
