using Npgsql;

namespace Crescent.Backends;

/// <summary>A PostgreSQL cluster of its own on loopback, with the durability settings of production. It ends with this process, also when that is killed.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string Superuser = "postgres";
    private const string Password = "crescent-tests";

    private static readonly Lazy<Task<PostgresServer>> Process = new(StartAsync);

    private readonly Watched script;

    private PostgresServer(Watched script, int port)
    {
        this.script = script;
        Port = port;
    }

    public int Port { get; }

    /// <summary>The one that the tests of a process share; whoever stops it starts one of his own instead.</summary>
    public static Task<PostgresServer> SharedAsync() => Process.Value;

    /// <exception cref="InvalidOperationException">PostgreSQL is not installed, or does not start.</exception>
    public static async Task<PostgresServer> StartAsync()
    {
        var programs = FindPrograms();
        for (var attempt = 1; ; attempt++)
        {
            var port = Watched.FreePort();
            var script = new Watched("postgres.sh", AsOrdinaryUser(), programs, $"{port}", Password);
            try
            {
                await script.TellAsync("start", "ready");
                return new PostgresServer(script, port);
            }
            catch (InvalidOperationException) when (attempt < 3)
            {
                // Somebody else took the port.
                await script.DisposeAsync();
            }
        }
    }

    /// <summary>Without a user: the superuser.</summary>
    public string ConnectionString(string database = "postgres", string user = Superuser, string password = Password) =>
        $"Host=127.0.0.1;Port={Port};Database={database};Username={user};Password={password};Timeout=15;Command Timeout=120;Include Error Detail=true";

    /// <summary>Makes an empty database and returns its name.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"test_{Guid.NewGuid():n}";
        await ExecuteAsync($"CREATE DATABASE {name} TEMPLATE template0");
        return name;
    }

    public async Task DropDatabaseAsync(string name)
    {
        await ExecuteAsync($"DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    }

    /// <summary>Runs a statement as superuser.</summary>
    public async Task ExecuteAsync(string sql, string database = "postgres")
    {
        await using var connection = new NpgsqlConnection(ConnectionString(database) + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Ends connections and stops; the data stay.</summary>
    public Task StopAsync() => script.TellAsync("stop", "stopped");

    /// <summary>Stops as a power failure would, but for what is in the kernel's hands.</summary>
    public Task KillAsync() => script.TellAsync("kill", "stopped");

    /// <summary>Starts again after <see cref="StopAsync"/> or <see cref="KillAsync"/>; returns once it answers.</summary>
    public Task RestartAsync() => script.TellAsync("start", "ready");

    public ValueTask DisposeAsync() => script.DisposeAsync();

    /// <summary>PostgreSQL refuses to run as root.</summary>
    private static string[] AsOrdinaryUser() => Environment.UserName == "root" ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"] : [];

    private static string FindPrograms()
    {
        var installed = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : [];
        string[] folders = [.. installed.Order(StringComparer.Ordinal).Reverse().Select(folder => Path.Combine(folder, "bin")), .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')];
        return folders.FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "pg_ctl")))
            ?? throw new InvalidOperationException("PostgreSQL is not installed. Run infra/services.sh.");
    }
}
