using Crescent.Abstractions.Experiments;
using Crescent.Grains.Studies;
using FsCheck;
using FsCheck.Fluent;

namespace Crescent.Grains.Tests.Studies;

/// <summary>What holds for any course of a study's experiments. A course is a list of numbers, each of which picks what happens next.</summary>
public sealed class StudyPlanProperties
{
    private const int Cells = 7;
    private static readonly string[] Ends = [Phases.Succeeded, Phases.Succeeded, Phases.Failed, Phases.Cancelled];

    [Fact]
    public void Next_AnyCourse_NeverHasMoreUnderWayThanItMay() => Check((course, most) => Play(course, most, cancelAt: -1, cells => Assert.True(UnderWay(cells) <= most)));

    [Fact]
    public void Next_AnyCourse_EndsOnceEveryCellHasEnded() => Check((course, most) =>
    {
        var (phase, cells) = Play(course, most, cancelAt: -1, _ => { });

        Assert.All(cells, cell => Assert.True(cell is not null && Phases.IsTerminal(cell)));
        Assert.Equal(cells.All(cell => cell == Phases.Succeeded) ? Phases.Succeeded : Phases.Failed, phase);
    });

    [Fact]
    public void Next_CancelledAnywhere_SubmitsNoMoreAndLeavesNothingUnderWay() => Check((course, most) =>
    {
        var submitted = -1;
        var (phase, cells) = Play(course, most, cancelAt: course.Length / 2, now => submitted = now.Count(cell => cell is not null));

        Assert.Equal(0, UnderWay(cells));
        Assert.Equal(submitted, cells.Count(cell => cell is not null));
        Assert.Contains(phase, new[] { Phases.Cancelled, Phases.Succeeded, Phases.Failed });
    });

    [Fact]
    public void Next_Terminal_StaysAsItIs()
    {
        var decision = StudyPlan.Next(Phases.Failed, [new StudyCellState("e1", null), new StudyCellState("e2", Phases.Running)], 3);

        Assert.Equal((Phases.Failed, 0, 0), (decision.Phase, decision.Submit.Count, decision.Cancel.Count));
    }

    private static void Check(Action<int[], int> holds) =>
        Prop.ForAll((from course in Gen.Choose(0, 999).ArrayOf() from most in Gen.Choose(1, 4) select (course, most)).ToArbitrary(), given => holds(given.course, given.most))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(100));

    private static (string Phase, string?[] Cells) Play(int[] course, int most, int cancelAt, Action<string?[]> look)
    {
        var phase = Phases.Running;
        var cells = new string?[Cells];
        for (var turn = 0; turn < 10_000 && !Phases.IsTerminal(phase); turn++)
        {
            if (turn == cancelAt)
            {
                phase = Phases.Cancelling;
            }

            var decision = StudyPlan.Next(phase, [.. cells.Select((cell, i) => new StudyCellState($"e{i}", cell))], most);
            Array.ForEach([.. decision.Submit], id => cells[id[1] - '0'] ??= Phases.Running);
            Array.ForEach([.. decision.Cancel], id => cells[id[1] - '0'] = Phases.Cancelling);
            phase = decision.Phase;
            look(cells);
            var underWay = Enumerable.Range(0, Cells).Where(i => cells[i] is { } cell && !Phases.IsTerminal(cell)).ToList();
            var choice = course.Length == 0 ? turn : course[turn % course.Length];
            if (underWay.Count > 0)
            {
                var chosen = underWay[choice % underWay.Count];
                cells[chosen] = cells[chosen] == Phases.Cancelling ? Phases.Cancelled : Ends[choice / Cells % Ends.Length];
            }
        }

        return (phase, cells);
    }

    private static int UnderWay(string?[] cells) => cells.Count(cell => cell is not null && !Phases.IsTerminal(cell));
}
