using Crescent.Cli.Experiments;
using Crescent.Server.Experiments;
using Spectre.Console;

namespace Crescent.Cli.Tests.Experiments;

public sealed class ProgressBoardTests
{
    [Theory]
    [InlineData(60, 12)]
    [InlineData(80, 24)]
    [InlineData(130, 40)]
    public void Render_AnySize_FitsTheTerminal(int width, int height)
    {
        var runs = Enumerable.Range(0, 30).Select(i => RunSamples.Run($"recovery/{i}", i < 20 ? "succeeded" : i < 22 ? "running" : "pending", i));

        var lines = Draw(RunSamples.View([.. runs]), width, height);

        Assert.True(lines.Length <= height);
        Assert.All(lines, line => Assert.True(line.Length <= width, line));
        Assert.Contains(lines, line => line.Contains("of 30 runs done", StringComparison.Ordinal));
    }

    [Fact]
    public void Choose_MoreRunsThanRows_KeepsRunningAndFailedOnes()
    {
        var runs = Enumerable.Range(0, 30).Select(i => RunSamples.Run($"recovery/{i}", i == 29 ? "running" : i == 15 ? "failed" : i < 20 ? "succeeded" : "pending", i)).ToList();

        var chosen = ProgressBoard.Choose(runs, 5);

        Assert.Equal(5, chosen.Count);
        Assert.Contains(runs[29], chosen);
        Assert.Contains(runs[15], chosen);
        Assert.Contains(runs[19], chosen);
        Assert.Equal(chosen.OrderBy(run => runs.IndexOf(run)), chosen);
    }

    [Fact]
    public void Render_CachedRun_SaysSo() => Assert.Contains(Draw(RunSamples.View([RunSamples.Run("base", "succeeded", 1) with { Cached = true }]), 130, 24), line => line.Contains("from cache", StringComparison.Ordinal));

    [Fact]
    public void Render_Warning_IsShown() =>
        Assert.Contains(Draw(RunSamples.View([RunSamples.Run("base", "running", 1)]) with { Warning = "The disk is full." }, 80, 24), line => line.Contains("The disk is full.", StringComparison.Ordinal));

    private static string[] Draw(ExperimentView view, int width, int height)
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(text), Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
        console.Profile.Width = width;
        console.Write(ProgressBoard.Render(view, width, height, "Ctrl-C detaches."));
        return text.ToString().TrimEnd('\n').Split('\n');
    }
}
