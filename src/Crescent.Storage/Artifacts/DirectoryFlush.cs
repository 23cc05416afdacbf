using System.Runtime.InteropServices;

namespace Crescent.Storage.Artifacts;

/// <summary>Makes a rename durable: on Unix a file's new name is safe from a power failure only once its folder is flushed. .NET has no call for it. Windows needs none.</summary>
internal static class DirectoryFlush
{
    private const int ReadOnly = 0;

    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = Open(folder, ReadOnly);
        if (descriptor < 0)
        {
            throw new IOException($"Cannot open folder {folder} to flush it.", Marshal.GetLastPInvokeError());
        }

        var result = Synchronise(descriptor);
        var error = Marshal.GetLastPInvokeError();
        _ = Close(descriptor);

        // Some file systems cannot flush a folder (EINVAL); there is nothing more to do on them.
        if (result < 0 && error != 22)
        {
            throw new IOException($"Cannot flush folder {folder}.", error);
        }
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int Synchronise(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int descriptor);
}
