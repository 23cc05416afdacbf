using System.CommandLine;
using Crescent.Cli.Serving;

namespace Crescent.Cli.Workers;

/// <summary><c>crescent worker</c>.</summary>
internal static class WorkerCommand
{
    public static Command Create() => new("worker", "Run workers and see what they do.") { DevCommand.CreateWorker() };
}
