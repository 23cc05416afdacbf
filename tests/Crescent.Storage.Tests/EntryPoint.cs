using Crescent.Storage.Tests.Sqlite;

namespace Crescent.Storage.Tests;

/// <summary>The test runner's entry point, and that of the process that <see cref="ProcessDeathTests"/> starts and kills.</summary>
internal static class EntryPoint
{
    public static async Task<int> Main(string[] args)
    {
        if (args is [DoomedWriter.Verb, var folder])
        {
            await DoomedWriter.RunAsync(folder);
            return 0;
        }

        return await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
    }
}
