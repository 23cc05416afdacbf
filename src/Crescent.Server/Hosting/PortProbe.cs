using System.Net;
using System.Net.Sockets;

namespace Crescent.Server.Hosting;

internal static class PortProbe
{
    /// <summary>Finds out whether the address can be bound before anything starts: the web server binds last.</summary>
    /// <exception cref="CrescentException"><c>port-in-use</c>, <c>address-unavailable</c>.</exception>
    public static void Check(ServerOptions options)
    {
        try
        {
            using var listener = new TcpListener(options.BindAddress, options.Address.Port);
            listener.Start();
        }
        catch (SocketException e)
        {
            throw e.SocketErrorCode == SocketError.AddressAlreadyInUse
                ? InUse(options, e)
                : new CrescentException("address-unavailable", $"{options.Url} cannot be bound: {e.Message}. Choose an address of this machine with --url.", inner: e);
        }
    }

    /// <summary>A port that is free now.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public static CrescentException InUse(ServerOptions options, Exception cause) => new(
        "port-in-use", $"Port {options.Address.Port} of {options.BindAddress} is in use. Stop the program that listens there, or choose another: --port {options.Address.Port + 1}.", inner: cause);
}
