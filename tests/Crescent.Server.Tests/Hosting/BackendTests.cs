using Crescent.Backends;

namespace Crescent.Server.Tests.Hosting;

/// <summary>What stands in the way of a start on PostgreSQL and on a blob container.</summary>
public sealed class BackendTests : IAsyncLifetime
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("crescent-backend-");
    private PostgresServer server = null!;
    private string name = "";

    public async ValueTask InitializeAsync()
    {
        server = await PostgresServer.SharedAsync();
        name = await server.CreateDatabaseAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await server.DropDatabaseAsync(name);
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task RunAsync_StorageThatCannotBeUsed_ExitsWith1AndLeavesTheFolderFree()
    {
        var azurite = await AzuriteServer.SharedAsync();
        string[][] wrong =
        [
            ["--Crescent:Storage:Database=oracle"],
            ["--Crescent:Storage:Database=postgres"],
            Postgres(server.ConnectionString(name, password: "wrong")),
            Postgres(server.ConnectionString("there_is_none")),
            Postgres($"Host=127.0.0.1;Port={CrescentServer.FreePort()};Database=x;Username=y"),
            [$"--Crescent:Storage:Azure:ConnectionString={azurite.ConnectionString}", "--Crescent:Storage:Azure:Container=there-is-none"],
            [$"--Crescent:Storage:Azure:ConnectionString={azurite.ConnectionString.Replace(AzuriteServer.Key, "d3Jvbmc=", StringComparison.Ordinal)}"],
            ["--Crescent:Storage:Azure:ContainerUrl=http://127.0.0.1/container"],
            ["--Crescent:Silo:Address=here"],
        ];

        foreach (var arguments in wrong)
        {
            Assert.Equal((arguments[0], 1), (arguments[0], await CrescentServer.RunAsync([.. Arguments("a"), .. arguments])));
        }

        // None of them holds the folder, and it is as good as new.
        await using var app = await CrescentServer.StartAsync(Arguments("a"));
        await app.StopAsync();
    }

    [Fact]
    public async Task StartAsync_OptionsOfTheDatabase_NameTheFieldAndTheCure()
    {
        var error = await Assert.ThrowsAsync<CrescentException>(() => CrescentServer.StartAsync([.. Arguments("a"), "--Crescent:Storage:Database=oracle"]));

        Assert.Equal("options-invalid", error.Code);
        Assert.Contains("Crescent:Storage:Database is 'oracle'. It may be sqlite or postgres.", error.Message, StringComparison.Ordinal);
    }

    private static string[] Postgres(string connectionString) => ["--Crescent:Storage:Database=postgres", $"--Crescent:Storage:Postgres:ConnectionString={connectionString}"];

    private string[] Arguments(string data) =>
        [$"--Crescent:DataFolder={Path.Combine(folder.FullName, data)}", $"--Crescent:Url=http://127.0.0.1:{CrescentServer.FreePort()}", "--Crescent:Roles=control", "--Crescent:Log:Console=false"];
}
