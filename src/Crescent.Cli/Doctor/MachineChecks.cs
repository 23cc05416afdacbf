using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using Crescent.Cli.Terminal;
using Crescent.Server;
using Crescent.Server.Hosting;
using Crescent.Storage.Sqlite;

namespace Crescent.Cli.Doctor;

[JsonConverter(typeof(JsonStringEnumConverter<CheckState>))]
internal enum CheckState
{
    Good,
    Warning,
    Bad,
}

/// <param name="Cure">What to do about it; null where all is well.</param>
internal sealed record MachineCheck(string Name, CheckState State, string Found, string? Cure = null);

internal static class MachineChecks
{
    private const long EnoughDisk = 2L << 30;
    private const long EnoughMemory = 2L << 30;

    public static IReadOnlyList<MachineCheck> All(string dataFolder, int port) =>
    [
        Runtime(),
        Processor(),
        Memory(),
        new("orleans", CheckState.Good, RuntimeFacts.Orleans),
        .. RuntimeFacts.Engines.Select(engine => new MachineCheck("engine", CheckState.Good, engine)),
        Data(dataFolder),
        Disk(dataFolder),
        Port(port),
    ];

    private static MachineCheck Runtime() => new("runtime", CheckState.Good, $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}");

    private static MachineCheck Processor() => RuntimeFacts.InstructionSet is "AVX-512" or "AVX2"
        ? new("processor", CheckState.Good, $"{Environment.ProcessorCount} cores, {RuntimeFacts.InstructionSet}")
        : new("processor", CheckState.Warning, $"{Environment.ProcessorCount} cores, {RuntimeFacts.InstructionSet}", "Works, slowly: the CPU engine is made for AVX2 or AVX-512.");

    private static MachineCheck Memory()
    {
        var bytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return bytes >= EnoughMemory ? new("memory", CheckState.Good, Amounts.Bytes(bytes)) : new("memory", CheckState.Warning, Amounts.Bytes(bytes), "The demo needs up to 2 GiB.");
    }

    private static MachineCheck Data(string folder)
    {
        // A folder that is not there yet is not made by looking.
        if (!Directory.Exists(folder))
        {
            return new("data folder", CheckState.Good, $"{folder} (made at the first start)");
        }

        try
        {
            using var claim = DataFolder.Open(folder);
            return new("data folder", CheckState.Good, folder);
        }
        catch (CrescentException e)
        {
            return new("data folder", e.Code == "data-folder-in-use" ? CheckState.Warning : CheckState.Bad, folder, e.Message);
        }
    }

    private static MachineCheck Disk(string folder)
    {
        var existing = new DirectoryInfo(folder);
        while (!existing.Exists && existing.Parent is { } parent)
        {
            existing = parent;
        }

        var free = new DriveInfo(existing.FullName).AvailableFreeSpace;
        return free >= EnoughDisk ? new("disk", CheckState.Good, $"{Amounts.Bytes(free)} free") : new("disk", CheckState.Warning, $"{Amounts.Bytes(free)} free", "Checkpoints and snapshots of the demo take some hundred MiB; free space, or choose another folder with --data.");
    }

    private static MachineCheck Port(int port)
    {
        try
        {
            CrescentServer.CheckPort($"http://127.0.0.1:{port}");
            return new("port", CheckState.Good, $"{port} is free");
        }
        catch (CrescentException e)
        {
            return new("port", CheckState.Warning, $"{port} is in use", e.Message);
        }
    }
}
