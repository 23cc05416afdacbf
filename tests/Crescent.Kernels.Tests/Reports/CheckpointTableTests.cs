using Crescent.Kernels.Reports;

namespace Crescent.Kernels.Tests.Reports;

public sealed class CheckpointTableTests
{
    private static readonly ExperimentResultDocument Result = ExperimentFindings.Of(SyntheticExperiment.Spec, SyntheticExperiment.Inputs(SyntheticExperiment.Spec));

    [Fact]
    public void Render_EachCheckpoint_HasARowThatMarksTheBest()
    {
        var lines = CheckpointTable.Render(Result).Split('\n');

        var rows = lines.Skip(3).Take(Result.Checkpoints.Count).ToArray();

        Assert.Equal(["0", "10", "20*", "40", "100", "200", "300", "400", "800"], rows.Select(r => r.Trim().Split(' ')[0]));
        Assert.All(lines, line => Assert.True(line.Length <= 140, line));
        Assert.All(lines, line => Assert.Equal(line.TrimEnd(), line));
    }

    [Fact]
    public void Render_CheckpointWithoutRecovery_HasDashes()
    {
        var row = CheckpointTable.Render(Result).Split('\n').Single(l => l.StartsWith("  10  ", StringComparison.Ordinal));

        Assert.Equal(3, row.Split(' ').Count(cell => cell == "-"));
    }

    [Fact]
    public void Render_Gain_IsSigned() => Assert.Matches(@"300 .*\+\.\d{3} \[\+\.\d{3} \+\.\d{3}\]", CheckpointTable.Render(Result));
}
