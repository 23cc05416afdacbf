using Crescent.Kernels.Jobs;

namespace Crescent.Server.Workers.Children;

/// <summary>A <see cref="JobCommit"/> with its bytes, which on the kernel's side are still to be written.</summary>
internal sealed record CommitEncoding(byte[]? Snapshot, int Step, IReadOnlyList<OutcomeEncoding> Outcomes)
{
    public static CommitEncoding Encode(JobCommit commit) => new(
        commit.Snapshot is { } snapshot ? Bytes(snapshot) : null,
        commit.Step,
        [.. commit.Outcomes.Select(outcome => new OutcomeEncoding(outcome.Kind, outcome.Step, outcome.Payload, [.. outcome.Artifacts.Select(artifact => new ArtifactEncoding(artifact.Name, artifact.Kind, artifact.MediaType, Bytes(artifact.Write)))]))]);

    public JobCommit Decode() => new()
    {
        Snapshot = Snapshot is { } snapshot ? stream => stream.Write(snapshot) : null,
        Step = Step,
        Outcomes = [.. Outcomes.Select(outcome => new JobOutcomeDraft(outcome.Kind, outcome.Step, outcome.Payload, [.. outcome.Artifacts.Select(artifact => new ArtifactDraft(artifact.Name, artifact.Kind, artifact.MediaType, stream => stream.Write(artifact.Content)))]))],
    };

    public void Write(KernelPipe pipe)
    {
        pipe.Out.Write(Snapshot is not null);
        if (Snapshot is not null)
        {
            pipe.WriteBytes(Snapshot);
        }

        pipe.Out.Write(Step);
        pipe.Out.Write(Outcomes.Count);
        foreach (var outcome in Outcomes)
        {
            outcome.Write(pipe);
        }
    }

    public static CommitEncoding Read(KernelPipe pipe)
    {
        var snapshot = pipe.In.ReadBoolean() ? pipe.ReadBytes() : null;
        var step = pipe.In.ReadInt32();
        return new CommitEncoding(snapshot, step, [.. Enumerable.Range(0, pipe.In.ReadInt32()).Select(_ => OutcomeEncoding.Read(pipe))]);
    }

    private static byte[] Bytes(Action<Stream> write)
    {
        using var buffer = new MemoryStream();
        write(buffer);
        return buffer.ToArray();
    }
}

internal sealed record OutcomeEncoding(string Kind, int Step, string Payload, IReadOnlyList<ArtifactEncoding> Artifacts)
{
    public void Write(KernelPipe pipe)
    {
        pipe.Out.Write(Kind);
        pipe.Out.Write(Step);
        pipe.Out.Write(Payload);
        pipe.Out.Write(Artifacts.Count);
        foreach (var artifact in Artifacts)
        {
            pipe.Out.Write(artifact.Name);
            pipe.Out.Write(artifact.Kind);
            pipe.Out.Write(artifact.MediaType);
            pipe.WriteBytes(artifact.Content);
        }
    }

    public static OutcomeEncoding Read(KernelPipe pipe) => new(
        pipe.In.ReadString(),
        pipe.In.ReadInt32(),
        pipe.In.ReadString(),
        [.. Enumerable.Range(0, pipe.In.ReadInt32()).Select(_ => new ArtifactEncoding(pipe.In.ReadString(), pipe.In.ReadString(), pipe.In.ReadString(), pipe.ReadBytes()))]);
}

internal sealed record ArtifactEncoding(string Name, string Kind, string MediaType, byte[] Content);
