using Crescent.Server.Workers;
using Crescent.Storage.Jobs;

namespace Crescent.Server.Tests.Workers;

public sealed class WorkerCodeTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddDays(1);

    [Fact]
    public void Problem_SameCode_IsNone()
    {
        Assert.Null(WorkerCode.Problem(Control(slots: 0), [Control(slots: 0), Worker()], Now));
        Assert.Null(WorkerCode.Problem(Worker(), [Control(slots: 0), Worker()], Now));
        Assert.Null(WorkerCode.Problem(Control(slots: 2), [], Now));
    }

    [Fact]
    public void Problem_WorkersOfOtherCode_SaysSoOnBothSides()
    {
        var old = Worker("old-kernels");

        var atControl = WorkerCode.Problem(Control(slots: 0), [Control(slots: 0), old], Now);
        var atWorker = WorkerCode.Problem(old, [Control(slots: 0), old], Now);

        Assert.Contains("worker with old-kernels", atControl, StringComparison.Ordinal);
        Assert.Contains("in the same version", atWorker, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-40, WorkerState.Active)]
    [InlineData(0, WorkerState.Draining)]
    public void Problem_NoWorkerLeft_TellsToStartOne(int heardSeconds, WorkerState state)
    {
        var gone = Worker() with { LastHeartbeat = Now.AddSeconds(heardSeconds), State = state };

        Assert.Contains("crescent worker run", WorkerCode.Problem(Control(slots: 0), [gone], Now), StringComparison.Ordinal);
    }

    private static WorkerStatus Control(int slots) => new("control", "box", ["control"], slots, 0, WorkerState.Active, "kernels", [], new WorkerCapabilities()) { LastHeartbeat = Now };

    private static WorkerStatus Worker(string code = "kernels") => new("worker", "box", ["compute"], 1, 0, WorkerState.Active, code, [], new WorkerCapabilities()) { LastHeartbeat = Now };
}
