using System.Net;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Crescent.Storage.Artifacts;
using static Crescent.Storage.Tests.TestStorage;

namespace Crescent.Storage.Tests.Artifacts;

public sealed class AzureBlobStoreTests : IDisposable
{
    // printf abc | sha256sum
    private const string Abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    private const string AbcPath = $"/container/ba/78/{Abc}";

    private readonly TemporaryFolder folder = new();
    private readonly FakeBlobService service = new();
    private readonly HttpClientTransport transport;
    private readonly AzureBlobStore store;

    public AzureBlobStoreTests()
    {
        transport = new HttpClientTransport(service);
        var options = new BlobClientOptions { Transport = transport };
        options.Retry.MaxRetries = 0;
        store = new AzureBlobStore(new BlobContainerClient(new Uri("https://blobs.invalid/container"), options), folder.Path, DateTimeOffset.UtcNow);
    }

    public void Dispose()
    {
        transport.Dispose();
        service.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task PutAsync_Bytes_AreFoundByTheirHash()
    {
        Assert.Equal(new BlobReference(Abc, 3), await store.PutAsync(stream => stream.Write("abc"u8)));

        Assert.Equal("abc"u8.ToArray(), service.Blobs[AbcPath]);
        Assert.True(await store.VerifyAsync(Abc));
        using (var reader = new StreamReader(await store.OpenAsync(Abc)))
        {
            Assert.Equal("abc", await reader.ReadToEndAsync());
        }

        Assert.Empty(Directory.EnumerateFiles(folder.Path));
    }

    [Fact]
    public async Task OpenAsync_DamagedOrMissing_IsRefusedAndAnotherPutRepairs()
    {
        await ThrowsAsync("artifact-missing", () => store.OpenAsync(Abc));
        Assert.False(await store.VerifyAsync(Abc));
        service.Blobs[AbcPath] = "abd"u8.ToArray();
        await ThrowsAsync("artifact-damaged", () => store.OpenAsync(Abc));
        Assert.False(await store.VerifyAsync(Abc));

        await store.PutAsync(stream => stream.Write("abc"u8));

        Assert.True(await store.VerifyAsync(Abc));
        Assert.Empty(Directory.EnumerateFiles(folder.Path));
    }

    [Theory]
    [InlineData(HttpStatusCode.Forbidden, "AuthenticationFailed")]
    [InlineData(HttpStatusCode.NotFound, "ContainerNotFound")]
    [InlineData(HttpStatusCode.ServiceUnavailable, "ServerBusy")]
    public async Task Calls_ServiceThatRefuses_AreRetryableAndNoBlobCountsAsMissing(HttpStatusCode status, string code)
    {
        service.Error = (status, code);

        await ThrowsAsync("storage-unavailable", () => store.PutAsync(stream => stream.Write("abc"u8)));
        await ThrowsAsync("storage-unavailable", () => store.OpenAsync(Abc));
        await ThrowsAsync("storage-unavailable", () => store.VerifyAsync(Abc));
        Assert.Empty(Directory.EnumerateFiles(folder.Path));
    }

    [Fact]
    public async Task DeleteAsync_Twice_IsNoError()
    {
        await store.PutAsync(stream => stream.Write("abc"u8));

        await store.DeleteAsync(Abc);
        await store.DeleteAsync(Abc);

        Assert.Empty(service.Blobs);
    }
}
