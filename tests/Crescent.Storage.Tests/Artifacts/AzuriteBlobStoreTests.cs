using System.Security.Cryptography;
using Azure.Core;
using Azure.Storage.Blobs;
using Azure.Storage.Sas;
using Crescent.Backends;
using Crescent.Storage.Artifacts;
using Crescent.Storage.Hosting;
using static Crescent.Storage.Tests.TestStorage;

namespace Crescent.Storage.Tests.Artifacts;

/// <summary>The blob store on a real service, from blocks to credentials.</summary>
public sealed class AzuriteBlobStoreTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private readonly BlockCounter counter = new();
    private AzuriteServer server = null!;
    private BlobContainerClient container = null!;

    // Two whole blocks and a piece.
    private readonly byte[] large = RandomNumberGenerator.GetBytes((2 * AzureBlobUpload.BlockBytes) + 12345);

    public async ValueTask InitializeAsync()
    {
        server = await AzuriteServer.SharedAsync();
        container = Container($"test-{Guid.NewGuid():n}");
        await container.CreateAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await container.DeleteIfExistsAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task PutAsync_SmallAndLarge_ComeBackWholeAndLeaveNoLocalFile()
    {
        var store = Store(container);
        foreach (var content in new[] { [], "abc"u8.ToArray(), large })
        {
            var blob = await store.PutAsync(stream => stream.Write(content));

            Assert.Equal(new BlobReference(Convert.ToHexStringLower(SHA256.HashData(content)), content.Length), blob);
            Assert.Equal(content, await ReadAsync(store, blob.Sha256));
            Assert.True(await store.VerifyAsync(blob.Sha256));
        }

        Assert.Empty(Directory.EnumerateFiles(folder.Path));
    }

    [Fact]
    public async Task PutAsync_CutShort_ShowsNothingAndGoesOnWithTheBlocksThatAreThere()
    {
        var store = Store(container);
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(large));
        counter.CutAt = 3;
        await ThrowsAsync("storage-unavailable", () => store.PutAsync(stream => stream.Write(large)));
        Assert.False(await store.VerifyAsync(sha256));

        // As another process does that makes the blob again.
        Assert.Equal(sha256, (await Store(container).PutAsync(stream => stream.Write(large))).Sha256);

        Assert.Equal(3 + 1, counter.Blocks);
        Assert.Equal(large, await ReadAsync(store, sha256));
    }

    [Fact]
    public async Task PutAsync_SameBytesFromSeveralAtOnce_AllSucceed()
    {
        var blobs = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Store(container).PutAsync(stream => stream.Write(large))));

        Assert.Single(blobs.Distinct());
        Assert.True(await Store(container).VerifyAsync(blobs[0].Sha256));
    }

    [Fact]
    public async Task OpenAsync_TamperedBlob_IsFoundAndAnotherPutRepairs()
    {
        var store = Store(container);
        var blob = await store.PutAsync(stream => stream.Write(large));
        var tampered = large.ToArray();
        tampered[^1] ^= 1;
        await container.GetBlobClient(PathOf(blob.Sha256)).UploadAsync(new BinaryData(tampered), overwrite: true);

        await ThrowsAsync("artifact-damaged", () => store.OpenAsync(blob.Sha256));
        Assert.False(await store.VerifyAsync(blob.Sha256));

        await store.PutAsync(stream => stream.Write(large));
        Assert.Equal(large, await ReadAsync(store, blob.Sha256));
    }

    [Fact]
    public async Task DeleteAsync_Twice_IsNoError()
    {
        var store = Store(container);
        var blob = await store.PutAsync(stream => stream.Write("abc"u8));

        await store.DeleteAsync(blob.Sha256);
        await store.DeleteAsync(blob.Sha256);

        await ThrowsAsync("artifact-missing", () => store.OpenAsync(blob.Sha256));
    }

    [Fact]
    public async Task ContainerUrl_WithASas_MayDoWhatTheSasAllows()
    {
        var all = Store(AzureContainer.Of(new AzureBlobOptions { ContainerUrl = Sas(BlobContainerSasPermissions.All) }));
        var blob = await all.PutAsync(stream => stream.Write("abc"u8));
        var reading = Store(AzureContainer.Of(new AzureBlobOptions { ContainerUrl = Sas(BlobContainerSasPermissions.Read) }));

        await reading.CheckAsync();
        Assert.True(await reading.VerifyAsync(blob.Sha256));
        await ThrowsAsync("storage-unavailable", () => reading.PutAsync(stream => stream.Write("x"u8)));
        await ThrowsAsync("storage-unavailable", () => Store(AzureContainer.Of(new AzureBlobOptions { ContainerUrl = Sas(BlobContainerSasPermissions.Write) })).OpenAsync(blob.Sha256));
    }

    [Fact]
    public async Task CheckAsync_WrongKeyOrContainer_SaysWhichAndNothingOfTheKey()
    {
        var wrongKey = server.ConnectionString.Replace(AzuriteServer.Key, Convert.ToBase64String("another key of that length, here"u8), StringComparison.Ordinal);

        var missing = await Assert.ThrowsAsync<CrescentException>(() => Store(Container("there-is-none")).CheckAsync());
        var refused = await Assert.ThrowsAsync<CrescentException>(() => Store(new BlobContainerClient(wrongKey, container.Name)).CheckAsync());

        Assert.Contains("container is missing", missing.Message, StringComparison.Ordinal);
        Assert.Contains("refuses the credentials", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Key=", refused.ToString(), StringComparison.Ordinal);
        await Store(container).CheckAsync();
    }

    [Fact]
    public async Task Calls_WhileTheServiceIsAway_AreRetryableAndGoOnWhenItIsBack()
    {
        await using var own = await AzuriteServer.StartAsync();
        var options = new BlobClientOptions();
        options.Retry.MaxRetries = 0;
        var client = new BlobContainerClient(own.ConnectionString, "crescent", options);
        await client.CreateAsync();
        var store = Store(client);
        var blob = await store.PutAsync(stream => stream.Write("abc"u8));

        await own.StopAsync();
        Assert.True((await Assert.ThrowsAsync<CrescentException>(() => store.OpenAsync(blob.Sha256))).Retryable);
        await ThrowsAsync("storage-unavailable", () => store.PutAsync(stream => stream.Write("x"u8)));
        await own.RestartAsync();

        Assert.True(await store.VerifyAsync(blob.Sha256));
    }

    private static async Task<byte[]> ReadAsync(AzureBlobStore store, string sha256)
    {
        await using var stream = await store.OpenAsync(sha256);
        using var memory = new MemoryStream();
        await stream.CopyToAsync(memory);
        return memory.ToArray();
    }

    private static string PathOf(string sha256) => $"{sha256[..2]}/{sha256[2..4]}/{sha256}";

    private BlobContainerClient Container(string name)
    {
        var options = new BlobClientOptions();
        options.Retry.MaxRetries = 0;
        options.AddPolicy(counter, HttpPipelinePosition.PerRetry);
        return new BlobContainerClient(server.ConnectionString, name, options);
    }

    private AzureBlobStore Store(BlobContainerClient client) => new(client, folder.Path, DateTimeOffset.UnixEpoch);

    private Uri Sas(BlobContainerSasPermissions permissions) => container.GenerateSasUri(permissions, DateTimeOffset.UtcNow.AddHours(1));
}
