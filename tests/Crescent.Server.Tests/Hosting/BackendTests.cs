using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Crescent.Backends;
using Crescent.Server.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Crescent.Server.Tests.Hosting;

/// <summary>Starts on PostgreSQL and on a blob container, and what stands in their way.</summary>
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

    [Fact]
    public async Task StartAsync_SecondControlProcessOnOneDatabase_IsAMemberOrIsRefused()
    {
        await using var first = await CrescentServer.StartAsync([.. Arguments("a"), .. Postgres(server.ConnectionString(name))]);
        string[] second = [.. Arguments("b"), .. Postgres(server.ConnectionString(name))];

        if (RuntimeFacts.FormsClusters)
        {
            await using var other = await CrescentServer.StartAsync(second);
            await other.StopAsync();
        }
        else
        {
            Assert.Equal("database-in-use", (await Assert.ThrowsAsync<CrescentException>(() => CrescentServer.StartAsync(second))).Code);
        }

        await first.StopAsync();
    }

    [Fact]
    public async Task Run_ClaimOnTheDatabaseLost_Stops()
    {
        if (RuntimeFacts.FormsClusters)
        {
            return;
        }

        await using var app = await CrescentServer.StartAsync([.. Arguments("a"), .. Postgres(server.ConnectionString(name))]);
        var stopping = new TaskCompletionSource();
        app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(stopping.SetResult);

        await server.ExecuteAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}' AND pid <> pg_backend_pid()");

        await stopping.Task;
        await app.StopAsync();
    }

    [Fact]
    public async Task Server_OnPostgres_TakesAnExperimentAndHasItAfterARestart()
    {
        string[] arguments = [.. Arguments("a"), .. Postgres(server.ConnectionString(name))];
        using var http = new HttpClient { BaseAddress = new Uri(arguments[1].Split('=')[1]) };
        string id;
        await using (var app = await CrescentServer.StartAsync(arguments))
        {
            using var body = new StringContent(ServerBench.TinySpec, Encoding.UTF8, "application/yaml");
            using var response = await http.PostAsync("api/v1/experiments", body);
            id = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;

            // Its grains have put jobs into the queue, for which there is no worker.
            while (!(await http.GetStringAsync($"api/v1/experiments/{id}")).Contains("no-worker", StringComparison.Ordinal))
            {
                await Task.Delay(20);
            }

            await app.StopAsync();
        }

        await using var next = await CrescentServer.StartAsync(arguments);
        Assert.Contains("no-worker", await http.GetStringAsync($"api/v1/experiments/{id}"), StringComparison.Ordinal);
        await next.StopAsync();
    }

    private static string[] Postgres(string connectionString) => ["--Crescent:Storage:Database=postgres", $"--Crescent:Storage:Postgres:ConnectionString={connectionString}"];

    private string[] Arguments(string data) =>
        [$"--Crescent:DataFolder={Path.Combine(folder.FullName, data)}", $"--Crescent:Url=http://127.0.0.1:{CrescentServer.FreePort()}", "--Crescent:Roles=control", "--Crescent:Log:Console=false"];
}
