using System.Globalization;
using System.Text;
using System.Text.Json;
using Crescent.Kernels.Jobs;
using Crescent.Storage.Jobs;

namespace Crescent.Chaos.Faults;

/// <summary>A claim or a commit that a worker was told had succeeded.</summary>
/// <param name="Begun">When the call began, on the machine's monotonic clock, which all processes share.</param>
/// <param name="Told">When the worker heard that it had succeeded.</param>
/// <param name="Completes">The commit carried the job's completion.</param>
public sealed record JournalEntry(bool Claim, string Key, long Epoch, string Owner, long Begun, long Told, bool Completes);

/// <summary>What workers were told, written by the workers themselves: the other side of what the database says.</summary>
internal sealed class Journal(string folder)
{
    private readonly Lock gate = new();
    private readonly string path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"journal-{Environment.ProcessId}-{TimeProvider.System.GetTimestamp()}.jsonl"));
    private FileStream? file;

    public void Note(string method, object?[]? args, object? result, long begun)
    {
        var told = TimeProvider.System.GetTimestamp();
        if (method is nameof(IWorkQueue.CommitAsync) or nameof(IWorkQueue.CompleteAndClaimAsync) && args is [JobClaim held, JobCommitRecord commit, ..])
        {
            Write(new JournalEntry(false, held.Key, held.Epoch, held.Owner, begun, told, commit.Outcomes.Any(outcome => outcome.Kind == OutcomeKinds.Completed)));
        }

        if (method is nameof(IWorkQueue.ClaimAsync) or nameof(IWorkQueue.CompleteAndClaimAsync) && result is JobClaim claim)
        {
            Write(new JournalEntry(true, claim.Key, claim.Epoch, claim.Owner, begun, told, false));
        }
    }

    private void Write(JournalEntry entry)
    {
        lock (gate)
        {
            file ??= new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
            file.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(entry) + "\n"));
        }
    }

    /// <summary>The entries of all processes; a line that its process died over is left out.</summary>
    public static IReadOnlyList<JournalEntry> Read(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "journal-*.jsonl").Order(StringComparer.Ordinal)
            .SelectMany(ReadLines)
            .Where(line => line.EndsWith('}'))
            .Select(line => JsonSerializer.Deserialize<JournalEntry>(line)!),
    ];

    private static List<string> ReadLines(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }
}
