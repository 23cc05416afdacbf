using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Crescent.Kernels.Jobs;

namespace Crescent.Server.Workers.Children;

/// <summary>Runs a kernel in a process of its own, from the worker's side: answers what the kernel asks, until it has returned, thrown or died. A death ends the attempt, not the worker. Blocks: for the kernel's thread.</summary>
internal sealed class KernelProcess(int memoryMiB)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // What .NET needs to start; settings and credentials stay with the worker.
    private static readonly string[] Inherited = ["PATH", "HOME", "TMPDIR", "TEMP", "TMP", "LANG", "TZ", "SystemRoot", "LD_LIBRARY_PATH"];

    /// <exception cref="CrescentException"><c>kernel-died</c> (retryable), and what the kernel throws.</exception>
    public void Run(string kind, IJobContext job)
    {
        using var process = Start();
        var said = process.StandardError.ReadToEndAsync();
        try
        {
            using var pipe = new KernelPipe(process.StandardOutput.BaseStream, process.StandardInput.BaseStream);
            ChildJobContext.Send(pipe, job, kind);
            Answer(pipe, job);
        }
        catch (IOException e)
        {
            process.WaitForExit(Patience);
            throw new CrescentException("kernel-died", Describe(process, said), retryable: true, e);
        }
        finally
        {
            if (!process.HasExited && !process.WaitForExit(Patience))
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    /// <summary>Serves the kernel's calls until it ends.</summary>
    /// <exception cref="EndOfStreamException">It has died.</exception>
    internal static void Answer(KernelPipe pipe, IJobContext job)
    {
        while (true)
        {
            switch ((KernelCall)pipe.In.ReadByte())
            {
                case KernelCall.OpenInput:
                    var name = pipe.In.ReadString();
                    Answer(pipe, () => Read(job.OpenInput(name))!, bytes => pipe.WriteBytes(bytes));
                    break;
                case KernelCall.OpenSnapshot:
                    Answer(pipe, () => Read(job.OpenSnapshot()), bytes => WriteOptional(pipe, bytes));
                    break;
                case KernelCall.Threads:
                    Answer(pipe, () => job.Threads, pipe.Out.Write);
                    break;
                case KernelCall.SnapshotDue:
                    Answer(pipe, () => job.SnapshotDue, pipe.Out.Write);
                    break;
                case KernelCall.Schedule:
                    Answer(pipe, () => JobJson.Write(job.Schedule), pipe.Out.Write);
                    break;
                case KernelCall.ThrowIfStopped:
                    Answer(pipe, () => Done(job.ThrowIfStopped), _ => { });
                    break;
                case KernelCall.Commit:
                    var commit = CommitEncoding.Read(pipe).Decode();
                    Answer(pipe, () => Done(() => job.Commit(commit)), _ => { });
                    break;
                case KernelCall.Progress:
                    job.Progress(JobJson.Read<JobProgress>(pipe.In.ReadString()));
                    break;
                case KernelCall.Metric:
                    job.Metric(pipe.In.ReadString(), pipe.In.ReadInt32(), pipe.In.ReadDouble());
                    break;
                case KernelCall.Returned:
                    return;
                case KernelCall.Threw:
                    KernelErrors.Read(pipe);
                    return;
            }
        }
    }

    private static void Answer<T>(KernelPipe pipe, Func<T> act, Action<T> write)
    {
        T result;
        try
        {
            result = act();
        }
        catch (Exception e)
        {
            KernelErrors.Write(pipe, e);
            pipe.Out.Flush();
            return;
        }

        pipe.Out.Write((byte)KernelAnswer.Done);
        write(result);
        pipe.Out.Flush();
    }

    private static bool Done(Action act)
    {
        act();
        return true;
    }

    private static void WriteOptional(KernelPipe pipe, byte[]? bytes)
    {
        pipe.Out.Write(bytes is not null);
        if (bytes is not null)
        {
            pipe.WriteBytes(bytes);
        }
    }

    private static byte[]? Read(Stream? stream)
    {
        using (stream)
        {
            using var buffer = new MemoryStream();
            stream?.CopyTo(buffer);
            return stream is null ? null : buffer.ToArray();
        }
    }

    private Process Start()
    {
        var program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
        {
            start.ArgumentList.Add(Assembly.GetEntryAssembly()!.Location);
        }

        start.ArgumentList.Add(KernelChild.Verb);
        foreach (var name in start.Environment.Keys.Where(name => !Inherited.Contains(name) && !name.StartsWith("DOTNET_", StringComparison.Ordinal) && !name.StartsWith("CUDA_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        if (memoryMiB > 0)
        {
            start.Environment["DOTNET_GCHeapHardLimit"] = ((long)memoryMiB << 20).ToString("X", CultureInfo.InvariantCulture);
        }

        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new CrescentException("kernel-died", $"A process for the kernel could not be started: {e.Message}", retryable: true, e);
        }
    }

    private static string Describe(Process process, Task<string> said)
    {
        var ending = !process.HasExited ? "closed its pipe without ending"
            : process.ExitCode > 128 ? string.Create(CultureInfo.InvariantCulture, $"was ended by signal {process.ExitCode - 128}{(process.ExitCode == 137 ? ", as when memory runs out" : "")}")
            : string.Create(CultureInfo.InvariantCulture, $"ended with exit code {process.ExitCode}");
        var last = said.IsCompletedSuccessfully ? said.Result.Trim() : "";
        return $"The kernel's process {ending}.{(last.Length == 0 ? "" : $" It said: {last[^Math.Min(500, last.Length)..]}")}";
    }
}
