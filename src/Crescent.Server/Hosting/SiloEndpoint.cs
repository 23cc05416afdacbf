using System.Net;
using Microsoft.Extensions.Options;

namespace Crescent.Server.Hosting;

/// <summary>Where the other control processes on a PostgreSQL database reach this one. Their traffic is neither encrypted nor authenticated: it belongs on a private network.</summary>
public sealed record SiloEndpoint
{
    public const string Section = "Crescent:Silo";

    /// <summary>IP address that the others know this machine by. Loopback: all control processes are on this machine.</summary>
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>0: any free port.</summary>
    public int Port { get; set; }

    /// <summary>For Orleans clients, of which Crescent has none. 0: any free port.</summary>
    public int GatewayPort { get; set; }
}

public sealed class SiloEndpointValidator : IValidateOptions<SiloEndpoint>
{
    public ValidateOptionsResult Validate(string? name, SiloEndpoint options)
    {
        if (!IPAddress.TryParse(options.Address, out _))
        {
            return ValidateOptionsResult.Fail($"{SiloEndpoint.Section}:Address is '{options.Address}'; write the IP address of this machine, such as 10.0.0.4.");
        }

        return options.Port is >= 0 and <= ushort.MaxValue && options.GatewayPort is >= 0 and <= ushort.MaxValue
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"{SiloEndpoint.Section}: Port is {options.Port} and GatewayPort {options.GatewayPort}; write 1 to 65535, or 0 for any free one.");
    }
}
