using System.Data.Common;
using Crescent.Backends;
using Npgsql;

namespace Crescent.Chaos.Cluster;

/// <summary>A PostgreSQL server of the cluster's own, behind a proxy.</summary>
internal sealed class PostgresChaosDatabase : IChaosDatabase
{
    private readonly PostgresServer server;
    private readonly TcpProxy proxy;
    private readonly string database;

    private PostgresChaosDatabase(PostgresServer server, TcpProxy proxy, string database) => (this.server, this.proxy, this.database) = (server, proxy, database);

    public string Name => "postgres";

    public IReadOnlyList<string> Settings =>
    [
        "--Crescent:Storage:Database=postgres",
        $"--Crescent:Storage:Postgres:ConnectionString={ThroughProxy}",
    ];

    public IReadOnlyList<(string Name, Func<Task> Act)> Faults =>
    [
        ("connections cut", () =>
        {
            proxy.Cut();
            return Task.CompletedTask;
        }),
        ("connections refused", () => proxy.RefuseAsync(TimeSpan.FromSeconds(1))),
        ("connections stalled", () => proxy.StallAsync(TimeSpan.FromSeconds(1.5))),
        ("database killed and restarted", RestartAsync),
    ];

    private string ThroughProxy => new NpgsqlConnectionStringBuilder(server.ConnectionString(database)) { Port = proxy.Port, Timeout = 5, CommandTimeout = 10 }.ToString();

    public static async Task<PostgresChaosDatabase> CreateAsync()
    {
        var server = await PostgresServer.StartAsync();
        return new PostgresChaosDatabase(server, new TcpProxy(server.Port), await server.CreateDatabaseAsync());
    }

    public DbConnection Connect() => new NpgsqlConnection(server.ConnectionString(database) + ";Pooling=false");

    public async ValueTask DisposeAsync()
    {
        await proxy.DisposeAsync();
        await server.DisposeAsync();
    }

    private async Task RestartAsync()
    {
        await server.KillAsync();
        await server.RestartAsync();
    }
}
