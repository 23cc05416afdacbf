using System.CommandLine;
using Crescent.Cli.Terminal;

namespace Crescent.Cli.Artifacts;

/// <summary><c>crescent storage</c>.</summary>
internal static class StorageCommand
{
    public static Command Create() => new("storage", "Verify what is stored, and delete what nothing needs.") { CreateCheck(), CreateCollect() };

    private static Command CreateCheck()
    {
        var command = new Command("check", "Read every artifact and compare it with its hash and the catalog. Exit code 1 when something is missing, damaged or orphaned.");
        command.SetClientAction(async (_, client, output, cancellation) =>
        {
            var report = await client.CheckStorageAsync(cancellation);
            if (output.IsJson)
            {
                output.Json(report);
            }
            else
            {
                StorageTables.Write(output.Human, report);
            }

            return report.Sound ? ExitCodes.Ok : ExitCodes.Error;
        });
        return command;
    }

    private static Command CreateCollect()
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would be deleted." };
        var command = new Command("collect", "Delete what nothing needs by the rules of retention. The server does so by itself, but for orphans.") { dryRun };
        command.SetClientAction(async (parse, client, output, cancellation) =>
        {
            var collected = await client.CollectStorageAsync(parse.GetValue(dryRun), cancellation);
            if (output.IsJson)
            {
                output.Json(collected);
            }
            else
            {
                StorageTables.Write(output.Human, collected);
            }

            return ExitCodes.Ok;
        });
        return command;
    }
}
