using Crescent.Kernels.Jobs;

namespace Crescent.Server.Workers.Children;

/// <summary>What a kernel in a process of its own sees: every call is put to the worker.</summary>
internal sealed class ChildJobContext : IJobContext
{
    private readonly KernelPipe pipe;
    private readonly Dictionary<string, string> inputs = new(StringComparer.Ordinal);

    public ChildJobContext(KernelPipe pipe)
    {
        this.pipe = pipe;
        Kind = pipe.In.ReadString();
        Spec = pipe.In.ReadString();
        for (var left = pipe.In.ReadInt32(); left > 0; left--)
        {
            inputs.Add(pipe.In.ReadString(), pipe.In.ReadString());
        }

        InputNames = [.. inputs.Keys.Order(StringComparer.Ordinal)];
    }

    public string Kind { get; }

    public string Spec { get; }

    public IReadOnlyList<string> InputNames { get; }

    public int Threads => Ask(KernelCall.Threads, () => pipe.In.ReadInt32());

    public bool SnapshotDue => Ask(KernelCall.SnapshotDue, () => pipe.In.ReadBoolean());

    public CheckpointSchedule Schedule => Ask(KernelCall.Schedule, () => JobJson.Read<CheckpointSchedule>(pipe.In.ReadString()));

    public static void Send(KernelPipe pipe, IJobContext job, string kind)
    {
        pipe.Out.Write(kind);
        pipe.Out.Write(job.Spec);
        pipe.Out.Write(job.InputNames.Count);
        foreach (var name in job.InputNames)
        {
            pipe.Out.Write(name);
            pipe.Out.Write(job.InputHash(name));
        }

        pipe.Out.Flush();
    }

    public string InputHash(string name) => inputs.TryGetValue(name, out var hash)
        ? hash
        : throw new CrescentException("input-missing", $"The job has no input '{name}'; it has: {string.Join(", ", InputNames)}.");

    public Stream OpenInput(string name) => Ask(KernelCall.OpenInput, () => new MemoryStream(pipe.ReadBytes(), writable: false), () => pipe.Out.Write(name));

    public Stream? OpenSnapshot() => Ask(KernelCall.OpenSnapshot, () => pipe.In.ReadBoolean() ? new MemoryStream(pipe.ReadBytes(), writable: false) : null);

    public void ThrowIfStopped() => Ask(KernelCall.ThrowIfStopped, () => true);

    public void Commit(JobCommit commit)
    {
        // Written to memory first: what throws while it writes must not leave half a call in the pipe.
        var encoded = CommitEncoding.Encode(commit);
        Ask(KernelCall.Commit, () => true, () => encoded.Write(pipe));
    }

    public void Progress(JobProgress progress)
    {
        pipe.Out.Write((byte)KernelCall.Progress);
        pipe.Out.Write(JobJson.Write(progress));
        pipe.Out.Flush();
    }

    public void Metric(string name, int step, double value)
    {
        pipe.Out.Write((byte)KernelCall.Metric);
        pipe.Out.Write(name);
        pipe.Out.Write(step);
        pipe.Out.Write(value);
    }

    private T Ask<T>(KernelCall call, Func<T> answer, Action? arguments = null)
    {
        pipe.Out.Write((byte)call);
        arguments?.Invoke();
        pipe.Out.Flush();
        KernelErrors.Read(pipe);
        return answer();
    }
}
