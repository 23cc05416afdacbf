using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;
using Orleans.Metadata;
using Orleans.Placement;
using Orleans.Runtime.MembershipService.SiloMetadata;
using Orleans.Runtime.Placement;

namespace Crescent.StandIns.Orleans.Tests.Placement;

public interface IGpuGrain : IGrainWithStringKey
{
    Task<string> NameAsync();
}

[RequiresRole("gpu")]
public class GpuGrain : Grain, IGpuGrain
{
    public Task<string> NameAsync() => Task.FromResult(this.GetPrimaryKeyString());
}

/// <summary>Only silos whose metadata has the role.</summary>
public sealed class RequiresRoleAttribute(string role) : PlacementFilterAttribute(new RoleFilter(role));

public sealed class RoleFilter : PlacementFilterStrategy
{
    public RoleFilter()
        : base(0)
    {
    }

    public RoleFilter(string role)
        : base(1) => Role = role;

    public string Role { get; private set; } = "";

    public override void AdditionalInitialize(GrainProperties properties) => Role = GetPlacementFilterGrainProperty("role", properties)!;

    protected override IEnumerable<KeyValuePair<string, string>> GetAdditionalGrainProperties(
        IServiceProvider services, Type grainClass, GrainType grainType, IReadOnlyDictionary<string, string> existingProperties) => [new("role", Role)];
}

public sealed class RoleDirector(ISiloMetadataCache metadata) : IPlacementFilterDirector
{
    public IEnumerable<SiloAddress> Filter(PlacementFilterStrategy filterStrategy, PlacementTarget target, IEnumerable<SiloAddress> silos) =>
        silos.Where(silo => metadata.GetSiloMetadata(silo).Metadata.GetValueOrDefault("role") == ((RoleFilter)filterStrategy).Role);
}

public class PlacementTests
{
    [Fact]
    public async Task Grain_WhoseFilterTheSiloMeets_Runs()
    {
        await using var silo = await TestSilo.StartAsync(s => Configure(s, "gpu"));

        Assert.Equal("a", await silo.Grains.GetGrain<IGpuGrain>("a").NameAsync());
    }

    [Fact]
    public async Task Grain_WhoseFilterTheSiloFails_CannotBePlaced()
    {
        await using var silo = await TestSilo.StartAsync(s => Configure(s, "control"));

        await Assert.ThrowsAnyAsync<OrleansException>(() => silo.Grains.GetGrain<IGpuGrain>("a").NameAsync());
    }

    private static void Configure(ISiloBuilder silo, string role)
    {
        silo.UseSiloMetadata(new Dictionary<string, string> { ["role"] = role });
        silo.Services.AddPlacementFilter<RoleFilter, RoleDirector>(ServiceLifetime.Transient);
    }
}
