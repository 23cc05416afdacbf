namespace Crescent.Server.Workers.Children;

/// <summary>Exceptions on their way through a <see cref="KernelPipe"/>.</summary>
internal static class KernelErrors
{
    public static void Write(KernelPipe pipe, Exception error)
    {
        if (error is OperationCanceledException)
        {
            pipe.Out.Write((byte)KernelAnswer.Cancelled);
            return;
        }

        var (code, message, retryable) = error switch
        {
            CrescentException known => (known.Code, known.Message, known.Retryable),
            OutOfMemoryException => ("kernel-out-of-memory", "The kernel needed more memory than its process may have. Give its worker more (Crescent:Worker:MemoryMiB), or make the job smaller.", true),
            _ => ("internal-error", $"{error.GetType().Name}: {error.Message}", true),
        };
        pipe.Out.Write((byte)KernelAnswer.Failed);
        pipe.Out.Write(code);
        pipe.Out.Write(message);
        pipe.Out.Write(retryable);
    }

    /// <summary>Throws what the other side has thrown; returns when it has done what it was asked.</summary>
    public static void Read(KernelPipe pipe)
    {
        switch ((KernelAnswer)pipe.In.ReadByte())
        {
            case KernelAnswer.Cancelled:
                throw new OperationCanceledException("The job was told to stop.");
            case KernelAnswer.Failed:
                throw new CrescentException(pipe.In.ReadString(), pipe.In.ReadString(), pipe.In.ReadBoolean());
        }
    }
}
