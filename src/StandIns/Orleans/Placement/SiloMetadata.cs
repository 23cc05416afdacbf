using System.Collections.Immutable;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;

namespace Orleans.Runtime.MembershipService.SiloMetadata;

/// <summary>What a silo says about itself: roles, hardware, zone.</summary>
[GenerateSerializer]
[Alias("Orleans.Runtime.MembershipService.SiloMetadata.SiloMetadata")]
public record SiloMetadata
{
    public static SiloMetadata Empty { get; } = new();

    [Id(0)]
    public ImmutableDictionary<string, string> Metadata { get; private set; } = ImmutableDictionary<string, string>.Empty;

    internal static SiloMetadata From(IEnumerable<KeyValuePair<string, string>> metadata) => new() { Metadata = metadata.ToImmutableDictionary() };
}

public interface ISiloMetadataCache
{
    SiloMetadata GetSiloMetadata(SiloAddress siloAddress);
}

public static class SiloMetadataHostingExtensions
{
    /// <summary>Metadata from the configuration section <c>Orleans:Metadata</c>.</summary>
    public static ISiloBuilder UseSiloMetadata(this ISiloBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.UseSiloMetadata(builder.Configuration);
    }

    public static ISiloBuilder UseSiloMetadata(this ISiloBuilder builder, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return builder.UseSiloMetadata(configuration.GetSection("Orleans").GetSection("Metadata"));
    }

    public static ISiloBuilder UseSiloMetadata(this ISiloBuilder builder, IConfigurationSection configurationSection) =>
        builder.UseSiloMetadata(configurationSection.Get<Dictionary<string, string>>() ?? []);

    public static ISiloBuilder UseSiloMetadata(this ISiloBuilder builder, Dictionary<string, string> metadata) =>
        builder.ConfigureServices(services => services.AddSingleton<ISiloMetadataCache>(provider => new LocalSiloMetadata(provider.GetRequiredService<ILocalSiloDetails>(), metadata)));
}

internal sealed class LocalSiloMetadata(ILocalSiloDetails local, Dictionary<string, string> metadata) : ISiloMetadataCache
{
    private readonly SiloMetadata _metadata = SiloMetadata.From(metadata);

    public SiloMetadata GetSiloMetadata(SiloAddress siloAddress) => local.SiloAddress.Equals(siloAddress) ? _metadata : SiloMetadata.Empty;
}
