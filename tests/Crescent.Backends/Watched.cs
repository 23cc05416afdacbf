using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Crescent.Backends;

/// <summary>A shell script that runs a server for this process and ends it when this process ends, however that happens: it waits for its standard input to close.</summary>
internal sealed class Watched : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Process process;
    private readonly SemaphoreSlim turn = new(1);

    /// <param name="command">Program and arguments in front of <c>sh</c>; empty: none.</param>
    public Watched(string script, IEnumerable<string> command, params string[] arguments)
    {
        using var reader = new StreamReader(typeof(Watched).Assembly.GetManifestResourceStream(script)!);
        string[] line = [.. command, "/bin/sh", "-c", reader.ReadToEnd(), script, .. arguments];
        var start = new ProcessStartInfo(line[0], line[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = "/tmp" };
        process = Process.Start(start)!;
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Says a line and expects the answer.</summary>
    public async Task TellAsync(string line, string expected)
    {
        await turn.WaitAsync();
        try
        {
            using var timeout = new CancellationTokenSource(Patience);
            await process.StandardInput.WriteLineAsync(line);
            await process.StandardInput.FlushAsync(timeout.Token);
            var answer = await process.StandardOutput.ReadLineAsync(timeout.Token);
            if (answer != expected)
            {
                throw new InvalidOperationException($"The server was told to {line} and answers '{answer}' instead of '{expected}'; see standard error.");
            }
        }
        finally
        {
            turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        process.Dispose();
        turn.Dispose();
    }
}
