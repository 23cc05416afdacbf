namespace Crescent.Cli.Experiments;

/// <summary>A spec on disk. The server checks it; the client only reads it.</summary>
internal static class SpecFile
{
    public static async Task<(string Document, string MediaType)> ReadAsync(FileInfo file, CancellationToken cancellation)
    {
        var mediaType = file.Extension.ToLowerInvariant() switch
        {
            ".json" => "application/json",
            ".yaml" or ".yml" => "application/yaml",
            _ => throw new CliException(ExitCodes.Usage, $"'{file.Name}' is neither .yaml, .yml nor .json.", "Name a spec by its extension, so that it is read as what it is."),
        };
        try
        {
            return (await File.ReadAllTextAsync(file.FullName, cancellation), mediaType);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.Usage, $"The spec cannot be read: {e.Message}", "Name an existing file: crescent experiment create FILE.", e);
        }
    }
}
