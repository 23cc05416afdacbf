using System.Security.Cryptography;
using Crescent.Cli.Client;
using Crescent.Cli.Terminal;
using Crescent.Server.Artifacts;

namespace Crescent.Cli.Artifacts;

internal static class VerifiedDownload
{
    /// <summary>Writes the artifact to a file, unless its bytes turn out not to have its hash.</summary>
    public static Task WriteAsync(CrescentClient client, string experiment, ArtifactView artifact, string path, CancellationToken cancellation) => OutputFile.WriteAsync(path, async stream =>
    {
        await client.DownloadArtifactAsync(experiment, artifact.Sha256, stream, cancellation);
        stream.Position = 0;
        if (Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellation)) != artifact.Sha256)
        {
            throw new CliException(ExitCodes.Error, $"{artifact.Name} arrived damaged: its SHA-256 is not {artifact.Sha256}.", "Download it again.") { Code = "artifact-damaged" };
        }
    });
}
