using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Crescent.Chaos.Cluster;

/// <summary>Stands between the servers and their database, and can cut every connection, refuse new ones, and hold back what is sent.</summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<TcpClient, byte> open = [];
    private readonly CancellationTokenSource stop = new();
    private readonly int target;
    private readonly Task accepting;
    private volatile bool refusing;
    private volatile TaskCompletionSource? stalled;

    public TcpProxy(int target)
    {
        this.target = target;
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Cuts every connection.</summary>
    public void Cut()
    {
        foreach (var client in open.Keys)
        {
            client.Close();
        }
    }

    /// <summary>Cuts every connection and refuses new ones for a while.</summary>
    public async Task RefuseAsync(TimeSpan time)
    {
        refusing = true;
        Cut();
        await Task.Delay(time);
        refusing = false;
    }

    /// <summary>Lets nothing through for a while; nothing is lost.</summary>
    public async Task StallAsync(TimeSpan time)
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        stalled = gate;
        await Task.Delay(time);
        stalled = null;
        gate.SetResult();
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        Cut();
        await accepting;
        listener.Dispose();
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var client = await listener.AcceptTcpClientAsync(stop.Token);
                if (refusing)
                {
                    client.Close();
                }
                else
                {
                    _ = ServeAsync(client);
                }
            }
            catch (Exception e) when (stop.IsCancellationRequested && e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var server = new TcpClient();
        open.TryAdd(client, 0);
        open.TryAdd(server, 0);
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, target, stop.Token);
            (client.NoDelay, server.NoDelay) = (true, true);
            await Task.WhenAny(CopyAsync(client.GetStream(), server.GetStream()), CopyAsync(server.GetStream(), client.GetStream()));
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // Cut by us or by the other side: both ends are closed below.
        }
        finally
        {
            open.TryRemove(client, out _);
            open.TryRemove(server, out _);
            client.Dispose();
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to)
    {
        try
        {
            var buffer = new byte[1 << 16];
            while (await from.ReadAsync(buffer, stop.Token) is > 0 and var count)
            {
                if (stalled is { } gate)
                {
                    await gate.Task;
                }

                await to.WriteAsync(buffer.AsMemory(0, count), stop.Token);
            }
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The connection is gone; ending this direction ends the other.
        }
    }
}
