using Crescent.Cli.Experiments;
using Crescent.Server.Experiments;
using Spectre.Console;

namespace Crescent.Cli.Tests.Experiments;

public sealed class ComputeTableTests
{
    private static readonly ExperimentCompute Compute = new(
        [
            new RunCompute("evaluation/sft-0", new ComputeFigures(500, 1e9, 4, 20), "evaluation"),
            new RunCompute("base", new ComputeFigures(1500, 6e9, 61, null), "base-training"),
            new RunCompute("evaluation/sft-4", new ComputeFigures(500, 1e9, 3, null), "evaluation"),
        ],
        new ComputeFigures(2500, 8e9, 68, 20));

    private static string[] Rows(bool runs)
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(text), Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
        console.Profile.Width = 120;
        console.Write(ComputeTable.Of(Compute, runs));
        return [.. text.ToString().Split('\n').Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))).Where(line => line.Length > 0 && line.Any(char.IsLetterOrDigit))];
    }

    [Fact]
    public void Of_Stages_SumsThemInTheOrderOfTheExperiment() => Assert.Equal(
        ["Stage Tokens FLOPs Share Time Energy", "Base training 1,500 6.00e+9 75.0 % 1m 01s", "Evaluation 1,000 2.00e+9 25.0 % 7s 20 J", "All 2,500 8.00e+9 100.0 % 1m 08s 20 J"], Rows(runs: false));

    [Fact]
    public void Of_Runs_ShowsEach() => Assert.Equal(["evaluation/sft-0 500 1.00e+9 12.5 % 4s 20 J", "base 1,500 6.00e+9 75.0 % 1m 01s", "evaluation/sft-4 500 1.00e+9 12.5 % 3s"], Rows(runs: true)[1..4]);
}
