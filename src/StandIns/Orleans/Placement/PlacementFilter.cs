using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Metadata;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Orleans.Runtime.Placement
{
    /// <summary>The grain that is to be placed.</summary>
    public readonly struct PlacementTarget
    {
        internal PlacementTarget(GrainId grainIdentity) => GrainIdentity = grainIdentity;

        public GrainId GrainIdentity { get; }
    }
}

namespace Orleans.Placement
{
    /// <summary>Restricts the silos on which a class of grains may be activated.</summary>
    [AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
    public abstract class PlacementFilterAttribute : Attribute, IGrainPropertiesProviderAttribute
    {
        protected PlacementFilterAttribute(PlacementFilterStrategy placement)
        {
            ArgumentNullException.ThrowIfNull(placement);
            PlacementFilterStrategy = placement;
        }

        public PlacementFilterStrategy PlacementFilterStrategy { get; }

        public virtual void Populate(IServiceProvider services, Type grainClass, GrainType grainType, Dictionary<string, string> properties) =>
            PlacementFilterStrategy.PopulateGrainProperties(services, grainClass, grainType, properties);
    }

    /// <summary>What a filter asks for. Silos read it from the grain's properties, so that it need not be the attribute's own object.</summary>
    public abstract class PlacementFilterStrategy
    {
        private const string Prefix = "placement-filter";

        protected PlacementFilterStrategy(int order) => Order = order;

        /// <summary>Filters apply in this order; it must differ between the filters of a class.</summary>
        public int Order { get; private set; }

        public void Initialize(GrainProperties properties)
        {
            Order = int.TryParse(GetPlacementFilterGrainProperty("order", properties), NumberStyles.Integer, CultureInfo.InvariantCulture, out var order)
                ? order
                : throw new ArgumentException("Invalid order property value.", nameof(properties));
            AdditionalInitialize(properties);
        }

        public virtual void AdditionalInitialize(GrainProperties properties)
        {
        }

        public void PopulateGrainProperties(IServiceProvider services, Type grainClass, GrainType grainType, Dictionary<string, string> properties)
        {
            ArgumentNullException.ThrowIfNull(properties);
            var name = GetType().Name;
            properties[Prefix] = properties.TryGetValue(Prefix, out var others) ? $"{others},{name}" : name;
            properties[$"{Prefix}.{name}.order"] = Order.ToString(CultureInfo.InvariantCulture);
            foreach (var (key, value) in GetAdditionalGrainProperties(services, grainClass, grainType, properties))
            {
                properties[$"{Prefix}.{name}.{key}"] = value;
            }
        }

        protected string? GetPlacementFilterGrainProperty(string key, GrainProperties properties)
        {
            ArgumentNullException.ThrowIfNull(properties);
            return properties.Properties.GetValueOrDefault($"{Prefix}.{GetType().Name}.{key}");
        }

        protected virtual IEnumerable<KeyValuePair<string, string>> GetAdditionalGrainProperties(
            IServiceProvider services, Type grainClass, GrainType grainType, IReadOnlyDictionary<string, string> existingProperties) => [];
    }

    /// <summary>Applies a filter to the silos that could host the grain.</summary>
    public interface IPlacementFilterDirector
    {
        IEnumerable<SiloAddress> Filter(PlacementFilterStrategy filterStrategy, PlacementTarget target, IEnumerable<SiloAddress> silos);
    }

    public static class PlacementFilterExtensions
    {
        public static IServiceCollection AddPlacementFilter<TFilter, TDirector>(this IServiceCollection services, ServiceLifetime strategyLifetime)
            where TFilter : PlacementFilterStrategy, new()
            where TDirector : class, IPlacementFilterDirector
        {
            ArgumentNullException.ThrowIfNull(services);
            services.Add(ServiceDescriptor.DescribeKeyed(typeof(PlacementFilterStrategy), typeof(TFilter).Name, typeof(TFilter), strategyLifetime));
            return services.AddKeyedSingleton<IPlacementFilterDirector, TDirector>(typeof(TFilter));
        }
    }

    /// <summary>Whether the filters of a grain class leave the one silo in.</summary>
    internal static class PlacementCheck
    {
        public static void EnsurePlaceable(SiloRuntime silo, GrainClass grainClass, GrainId id)
        {
            var properties = grainClass.Properties(silo.Services);
            if (!properties.Properties.TryGetValue("placement-filter", out var names))
            {
                return;
            }

            var filters = names.Split(',').Select(name => silo.Services.GetKeyedService<PlacementFilterStrategy>(name)
                ?? throw new KeyNotFoundException($"Could not resolve placement filter strategy {name} for grain type {grainClass.Type}. Register it with AddPlacementFilter.")).ToList();
            filters.ForEach(filter => filter.Initialize(properties));
            if (filters.Select(f => f.Order).Distinct().Count() != filters.Count)
            {
                throw new InvalidOperationException($"The placement filters of {grainClass.Class} have duplicate order values.");
            }

            IEnumerable<SiloAddress> silos = [silo.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress];
            foreach (var filter in filters.OrderBy(f => f.Order))
            {
                silos = silo.Services.GetRequiredKeyedService<IPlacementFilterDirector>(filter.GetType()).Filter(filter, new(id), silos);
            }

            if (!silos.Any())
            {
                throw new OrleansException($"No active nodes are compatible with grain {id}: its placement filters leave none ({names}).");
            }
        }
    }
}
