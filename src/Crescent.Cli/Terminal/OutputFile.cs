namespace Crescent.Cli.Terminal;

/// <summary>Files that a command writes: whole or not at all.</summary>
internal static class OutputFile
{
    public static async Task WriteAsync(string path, Func<Stream, Task> write)
    {
        var partial = path + ".partial";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            await using (var stream = File.Create(partial))
            {
                await write(stream);
            }

            File.Move(partial, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.Error, $"{path} cannot be written: {e.Message}", "Choose another place, or free space there.", e);
        }
        finally
        {
            File.Delete(partial);
        }
    }
}
