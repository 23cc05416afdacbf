using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Orleans.Configuration
{
    public class AdoNetReminderTableOptions
    {
        public string? ConnectionString { get; set; }

        /// <summary>Used instead of the connection string when given.</summary>
        public DbDataSource? DataSource { get; set; }

        public string Invariant { get; set; } = "Microsoft.Data.SqlClient";
    }
}

namespace Orleans.Hosting
{
    public sealed class ReminderOptions
    {
        public TimeSpan MinimumReminderPeriod { get; set; } = TimeSpan.FromMinutes(1);
    }

    public static class SiloBuilderReminderMemoryExtensions
    {
        /// <summary>Reminders that last as long as the process; for tests.</summary>
        public static ISiloBuilder UseInMemoryReminderService(this ISiloBuilder builder) => ReminderRegistration.Add(builder, _ => new MemoryReminderStore());
    }

    public static class SiloBuilderReminderExtensions
    {
        public static ISiloBuilder UseAdoNetReminderService(this ISiloBuilder builder, Action<AdoNetReminderTableOptions> configureOptions) =>
            builder.UseAdoNetReminderService((OptionsBuilder<AdoNetReminderTableOptions> options) => options.Configure(configureOptions));

        public static ISiloBuilder UseAdoNetReminderService(this ISiloBuilder builder, Action<OptionsBuilder<AdoNetReminderTableOptions>> configureOptions)
        {
            ArgumentNullException.ThrowIfNull(builder);
            ArgumentNullException.ThrowIfNull(configureOptions);
            configureOptions(builder.Services.AddOptions<AdoNetReminderTableOptions>());
            return ReminderRegistration.Add(builder, provider =>
            {
                var options = provider.GetRequiredService<IOptions<AdoNetReminderTableOptions>>().Value;
                return new AdoNetReminderStore(new(options.Invariant, options.ConnectionString, options.DataSource), provider.GetRequiredService<IOptions<ClusterOptions>>().Value.ServiceId);
            });
        }
    }

    internal static class ReminderRegistration
    {
        public static ISiloBuilder Add(ISiloBuilder builder, Func<IServiceProvider, IReminderStore> create) => builder.ConfigureServices(services =>
        {
            services.AddSingleton(create);
            services.TryAddSingleton<ReminderService>();
            services.AddHostedService(provider => provider.GetRequiredService<ReminderService>());
        });
    }
}
