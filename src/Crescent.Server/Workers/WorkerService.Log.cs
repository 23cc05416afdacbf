using Microsoft.Extensions.Logging;

namespace Crescent.Server.Workers;

public sealed partial class WorkerService
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Worker {Worker} started: {Slots} slots on {Cores} cores; kinds: {Kinds}")]
    private partial void LogStarted(string worker, int slots, int cores, string kinds);

    [LoggerMessage(Level = LogLevel.Information, Message = "Claimed {Kind} {Job} epoch {Epoch}, from snapshot step {SnapshotStep}")]
    private partial void LogClaimed(string kind, string job, long epoch, int? snapshotStep);

    [LoggerMessage(Level = LogLevel.Information, Message = "Completed {Kind} {Job} epoch {Epoch}")]
    private partial void LogCompleted(string kind, string job, long epoch);

    [LoggerMessage(Level = LogLevel.Information, Message = "Released {Kind} {Job} epoch {Epoch} after its snapshot")]
    private partial void LogReleased(string kind, string job, long epoch);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Lost {Kind} {Job} epoch {Epoch}: another attempt owns it")]
    private partial void LogLost(string kind, string job, long epoch);

    [LoggerMessage(Level = LogLevel.Error, Message = "Failed {Kind} {Job} epoch {Epoch}: {Code}: {Reason}")]
    private partial void LogFailed(Exception? error, string kind, string job, long epoch, string code, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Slot {Slot} could not reach the job queue; it tries again")]
    private partial void LogSlotFailed(Exception error, int slot);
}
