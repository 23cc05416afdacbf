using System.IO.Pipes;
using System.Text;
using Crescent.Kernels.Jobs;
using Crescent.Server.Workers.Children;

namespace Crescent.Server.Tests.Workers.Children;

/// <summary>A kernel and its worker at the two ends of a pipe, in one process.</summary>
public sealed class KernelProcessTests
{
    [Fact]
    public void Answer_KernelUsesAllOfItsContext_WorkerSeesTheSame()
    {
        var worker = new RecordedJob();
        var seen = new List<object?>();

        Talk(worker, job =>
        {
            seen.AddRange([job.Spec, string.Join(',', job.InputNames), job.InputHash("start"), job.Threads, job.SnapshotDue, string.Join(',', job.Schedule.Missing), job.Schedule.Completed, Text(job.OpenInput("start")), Text(job.OpenSnapshot()!)]);
            job.ThrowIfStopped();
            job.Progress(new JobProgress(1, 2, "steps", 0.5, "loss 1"));
            job.Metric("loss", 3, double.NaN);
            job.Commit(new JobCommit { Snapshot = stream => stream.Write("snap"u8), Step = 7, Outcomes = [new("completed", 7, "{}", [new("a.txt", "figure", "text/plain", stream => stream.Write("abc"u8))])] });
        });

        Assert.Equal(["{\"seed\":1}", "base,start", "22", 3, true, "4,6", true, "bytes of start", "earlier"], seen);
        Assert.Equal(["progress 1/2 loss 1", "metric loss 3 NaN", "commit snap 7 completed 7 {} a.txt figure text/plain abc"], worker.Told);
    }

    [Fact]
    public void Answer_WorkerRefuses_KernelGetsTheCodeAndMayGoOn()
    {
        var worker = new RecordedJob();
        string? code = null;

        Talk(worker, job =>
        {
            code = Assert.Throws<CrescentException>(() => job.OpenInput("base")).Code;
            job.Metric("after", 1, 1);
        });

        Assert.Equal("artifact-missing", code);
        Assert.Equal(["metric after 1 1"], worker.Told);
    }

    [Fact]
    public void Answer_JobToldToStop_KernelIsCancelledAndSoIsTheAttempt()
    {
        var worker = new RecordedJob { Stopped = true };

        Assert.Throws<OperationCanceledException>(() => Talk(worker, job => job.ThrowIfStopped()));
    }

    [Fact]
    public void Answer_KernelThrows_AttemptGetsCodeAndRetryability()
    {
        var known = Assert.Throws<CrescentException>(() => Talk(new RecordedJob(), _ => throw new CrescentException("spec-invalid", "No.", retryable: false)));
        var memory = Assert.Throws<CrescentException>(() => Talk(new RecordedJob(), _ => throw new InsufficientMemoryException()));
        var bug = Assert.Throws<CrescentException>(() => Talk(new RecordedJob(), _ => throw new InvalidOperationException("bug")));

        Assert.Equal(("spec-invalid", "No.", false), (known.Code, known.Message, known.Retryable));
        Assert.Equal(("kernel-out-of-memory", true), (memory.Code, memory.Retryable));
        Assert.Equal(("internal-error", "InvalidOperationException: bug", true), (bug.Code, bug.Message, bug.Retryable));
    }

    [Fact]
    public void Answer_KernelDies_EndsWithTheStream()
    {
        using var toChild = new AnonymousPipeServerStream(PipeDirection.Out);
        using var fromChild = new AnonymousPipeServerStream(PipeDirection.In);
        new AnonymousPipeClientStream(PipeDirection.Out, fromChild.ClientSafePipeHandle).Dispose();
        using var pipe = new KernelPipe(fromChild, toChild);

        Assert.Throws<EndOfStreamException>(() => KernelProcess.Answer(pipe, new RecordedJob()));
    }

    private static void Talk(RecordedJob worker, Action<IJobContext> script)
    {
        using var toChild = new AnonymousPipeServerStream(PipeDirection.Out);
        using var fromChild = new AnonymousPipeServerStream(PipeDirection.In);
        var child = new Thread(() =>
        {
            using var pipe = new KernelPipe(new AnonymousPipeClientStream(PipeDirection.In, toChild.ClientSafePipeHandle), new AnonymousPipeClientStream(PipeDirection.Out, fromChild.ClientSafePipeHandle));
            KernelChild.Serve(pipe, [new ScriptedKernel(script)]);
        });
        child.Start();
        try
        {
            using var pipe = new KernelPipe(fromChild, toChild);
            ChildJobContext.Send(pipe, worker, JobKinds.Sft);
            KernelProcess.Answer(pipe, worker);
        }
        finally
        {
            child.Join();
        }
    }

    private static string Text(Stream stream)
    {
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private sealed class ScriptedKernel(Action<IJobContext> script) : IKernel
    {
        public string Kind => JobKinds.Sft;

        public void Run(IJobContext job) => script(job);
    }

    private sealed class RecordedJob : IJobContext
    {
        public List<string> Told { get; } = [];

        public bool Stopped { get; init; }

        public string Spec => "{\"seed\":1}";

        public IReadOnlyList<string> InputNames { get; } = ["base", "start"];

        public int Threads => 3;

        public bool SnapshotDue => true;

        public CheckpointSchedule Schedule { get; } = new([1, 4, 6], [4, 6], Completed: true);

        public string InputHash(string name) => name == "start" ? "22" : "11";

        public Stream OpenInput(string name) => name == "start" ? new MemoryStream("bytes of start"u8.ToArray()) : throw new CrescentException("artifact-missing", "Gone.");

        public Stream? OpenSnapshot() => new MemoryStream("earlier"u8.ToArray());

        public void ThrowIfStopped()
        {
            if (Stopped)
            {
                throw new OperationCanceledException();
            }
        }

        public void Commit(JobCommit commit)
        {
            var outcome = commit.Outcomes.Single();
            var artifact = outcome.Artifacts.Single();
            Told.Add(FormattableString.Invariant($"commit {Written(commit.Snapshot!)} {commit.Step} {outcome.Kind} {outcome.Step} {outcome.Payload} {artifact.Name} {artifact.Kind} {artifact.MediaType} {Written(artifact.Write)}"));
        }

        public void Progress(JobProgress progress) => Told.Add(FormattableString.Invariant($"progress {progress.Done}/{progress.Total} {progress.Note}"));

        public void Metric(string name, int step, double value) => Told.Add(FormattableString.Invariant($"metric {name} {step} {value}"));

        private static string Written(Action<Stream> write)
        {
            using var buffer = new MemoryStream();
            write(buffer);
            return Encoding.UTF8.GetString(buffer.ToArray());
        }
    }
}
