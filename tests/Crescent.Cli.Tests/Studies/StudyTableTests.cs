using Crescent.Cli.Studies;
using Crescent.Server.Studies;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Crescent.Cli.Tests.Studies;

public sealed class StudyTableTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddMinutes(90);

    [Theory]
    [InlineData(60, 10)]
    [InlineData(80, 24)]
    [InlineData(140, 60)]
    public void Board_AnySize_FitsTheTerminalAndKeepsWhatRunsOrFailed(int width, int height)
    {
        var cells = Enumerable.Range(1, 40).Select(seed => Cell(seed, seed == 40 ? "failed" : seed == 39 ? "running" : seed < 20 ? "succeeded" : "not run")).ToList();

        var lines = Draw(StudyTable.Board(View(cells), Now, width, height, "Ctrl-C detaches."), width);

        Assert.True(lines.Length <= height);
        Assert.All(lines, line => Assert.True(line.Length <= width, line));
        Assert.Contains(lines, line => line.Contains("#39", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("#40", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("19 of 40 experiments done", StringComparison.Ordinal));
    }

    [Fact]
    public void Of_CachedRunsAndAnError_AreShown()
    {
        var lines = Draw(StudyTable.Of(View([Cell(1, "failed") with { Runs = new StudyRunsView(30, 0, 12, 9), Error = "It [diverged]." }, Cell(2, "not run") with { Runs = null }]), Now), 140);

        Assert.Contains(lines, line => line.Contains("12/30 (9 cached)", StringComparison.Ordinal) && line.Contains("It [diverged].", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("not run", StringComparison.Ordinal));
    }

    private static StudyCellView Cell(int seed, string phase) => new(
        "objective=eksft, rate=0.0003", (ulong)seed, $"e{seed:0000}", phase, null, DateTimeOffset.UnixEpoch, phase == "succeeded" ? DateTimeOffset.UnixEpoch.AddMinutes(seed) : null, new StudyRunsView(30, 1, 12, 0));

    private static StudyView View(List<StudyCellView> cells) =>
        new(new StudySummary("s1", "objectives", "Why?", "running", 2, null, DateTimeOffset.UnixEpoch, null), new Dictionary<string, int> { ["running"] = cells.Count }, cells);

    private static string[] Draw(IRenderable what, int width)
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(text), Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
        console.Profile.Width = width;
        console.Write(what);
        return text.ToString().TrimEnd('\n').Split('\n');
    }
}
