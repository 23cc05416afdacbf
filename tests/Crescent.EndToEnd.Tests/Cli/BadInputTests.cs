using Crescent.Chaos;

namespace Crescent.EndToEnd.Tests.Cli;

/// <summary>Bad input gets one line what, one line cure, and the exit code that scripts go by.</summary>
public sealed class BadInputTests(RunningServer server) : IClassFixture<RunningServer>
{
    [Fact]
    public async Task Create_WrongFields_NamesThemAndStoresNothing()
    {
        var file = server.WriteSpec("wrong", 1, "sft:\n  stepps: 3\n  checkpoints: [0, 9999]\nspectra:\n  run:\n    rankShares: [1.0]\n");

        var (exitCode, output, errors) = await server.RunAsync("experiment", "create", file);
        var listed = await server.RunAsync("experiment", "list", "-o", "json");

        Assert.Equal(1, exitCode);
        Assert.Empty(output);
        Assert.Contains("(spec-invalid)", errors, StringComparison.Ordinal);
        Assert.Contains("sft.stepps", errors, StringComparison.Ordinal);
        Assert.Contains("rankShares", errors, StringComparison.Ordinal);
        Assert.Equal("[]", listed.Output.Trim());
    }

    [Theory]
    [InlineData(2, "nothing")]
    [InlineData(2, "experiment", "create")]
    [InlineData(2, "experiment", "create", "absent.yaml")]
    [InlineData(2, "experiment", "create", "spec.txt")]
    [InlineData(2, "experiment", "list", "--limit", "many")]
    [InlineData(2, "figure", "get", "e1", "curve", "-o", "png")]
    [InlineData(1, "experiment", "show", "e00000000000000")]
    [InlineData(1, "experiment", "cancel", "../../etc")]
    public async Task Command_BadArguments_SaysWhatAndExits(int expected, params string[] arguments)
    {
        var (exitCode, output, errors) = await server.RunAsync(arguments);

        Assert.Equal(expected, exitCode);
        Assert.Empty(output);
        Assert.StartsWith("error: ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_NoServerThere_ExitsUnreachableWithTheCure()
    {
        var (exitCode, _, errors) = await CrescentProcess.RunAsync("experiment", "list", "--server", "http://127.0.0.1:1");

        Assert.Equal(4, exitCode);
        Assert.Contains("crescent dev", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dev_DataFolderInUse_ExitsWithTheCure()
    {
        var (exitCode, _, errors) = await CrescentProcess.RunAsync("dev", "--data", server.DataFolder, "--port", "0");

        Assert.Equal(1, exitCode);
        Assert.Contains("(data-folder-in-use)", errors, StringComparison.Ordinal);
        Assert.Contains("choose another folder", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dev_PortInUse_ExitsBeforeTouchingTheFolder()
    {
        var folder = Path.Combine(server.Folder.FullName, "untouched");

        var (exitCode, _, errors) = await CrescentProcess.RunAsync("dev", "--data", folder, "--url", server.Url);

        Assert.Equal(1, exitCode);
        Assert.Contains("(port-in-use)", errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder));
    }
}
