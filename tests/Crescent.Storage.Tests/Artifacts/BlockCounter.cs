using Azure.Core;
using Azure.Core.Pipeline;

namespace Crescent.Storage.Tests.Artifacts;

/// <summary>Counts the blocks that are sent, and can cut the connection at one of them.</summary>
internal sealed class BlockCounter : HttpPipelineSynchronousPolicy
{
    private int blocks;

    public int Blocks => blocks;

    /// <summary>The block, from 1, that is not sent any more; 0: none.</summary>
    public int CutAt { get; set; }

    public override void OnSendingRequest(HttpMessage message)
    {
        if (message.Request.Uri.Query.Contains("comp=block&", StringComparison.Ordinal) && Interlocked.Increment(ref blocks) == CutAt)
        {
            throw new IOException("The connection is cut.");
        }
    }
}
