using Crescent.Cli.Experiments;
using Crescent.Server.Experiments;
using Spectre.Console;

namespace Crescent.Cli.Tests.Experiments;

public sealed class ExperimentTableTests
{
    [Theory]
    [InlineData(80)]
    [InlineData(120)]
    [InlineData(240)]
    public void Write_LongRunNames_ShowsEveryRun(int width)
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(text), Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
        console.Profile.Width = width;

        ExperimentTable.Write(console, RunSamples.View([.. Enumerable.Range(0, 12).Select(i => RunSamples.Run($"evaluation/shuffled-reward-{i}", i < 6 ? "succeeded" : "running", i))]));

        var lines = text.ToString().Split('\n');
        Assert.All(Enumerable.Range(0, 12), i => Assert.Contains(lines, line => line.Contains($"evaluation/shuffled-reward-{i} ", StringComparison.Ordinal)));
        Assert.All(lines, line => Assert.True(line.Length <= width, line));
    }
}
