using System.Globalization;

namespace Crescent.Chaos.Faults;

/// <summary>Files in a folder that the driver makes and deletes, and that every chaos host looks at: faults that begin and end while processes live.</summary>
public sealed class Switches(string folder)
{
    /// <summary>The blob store does not answer.</summary>
    public const string BlobsDown = "blobs-down";

    /// <summary>The blob store takes half a second for each call.</summary>
    public const string BlobsSlow = "blobs-slow";

    /// <summary>No space is left for blobs.</summary>
    public const string DiskFull = "disk-full";

    private string ClockFile => Path.Combine(folder, "clock");

    public bool IsOn(string name) => File.Exists(Path.Combine(folder, name));

    public void Turn(string name, bool on)
    {
        var path = Path.Combine(folder, name);
        if (on)
        {
            File.WriteAllText(path, "");
        }
        else
        {
            File.Delete(path);
        }
    }

    /// <summary>Sets every host's clock that far off.</summary>
    public void SetClock(TimeSpan offset)
    {
        // Renamed into place: nobody reads half a number.
        File.WriteAllText(ClockFile + ".new", offset.Ticks.ToString(CultureInfo.InvariantCulture));
        File.Move(ClockFile + ".new", ClockFile, overwrite: true);
    }

    public TimeSpan Clock() => File.Exists(ClockFile) ? TimeSpan.FromTicks(long.Parse(File.ReadAllText(ClockFile), CultureInfo.InvariantCulture)) : TimeSpan.Zero;

    /// <summary>Ends every fault.</summary>
    public void Clear()
    {
        foreach (var name in (string[])[BlobsDown, BlobsSlow, DiskFull])
        {
            Turn(name, on: false);
        }

        SetClock(TimeSpan.Zero);
    }
}
