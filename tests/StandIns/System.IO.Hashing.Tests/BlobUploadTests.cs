using System.Net;
using Azure.Core.Pipeline;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace Crescent.StandIns.Hashing.Tests;

/// <summary>Azure.Storage.Blobs takes its CRC-64 from System.IO.Hashing: an upload that asks for it fails where the library is missing at run time.</summary>
public class BlobUploadTests
{
    [Fact]
    public async Task Upload_WithCrc64_SendsTheChecksum()
    {
        using var server = new Recorder();
        var options = new BlobClientOptions { Transport = new HttpClientTransport(server) };
        var blob = new BlobClient(new Uri("https://127.0.0.1/account/container/blob"), options);

        await blob.UploadAsync(new BinaryData("123456789"), new BlobUploadOptions { TransferValidation = new() { ChecksumAlgorithm = StorageChecksumAlgorithm.StorageCrc64 } });

        // CRC-64/NVME of "123456789" is 0xAE8B14860A799888; the header has its bytes from the lowest on.
        Assert.Equal("iJh5CoYUi64=", server.Checksum);
    }

    /// <summary>Takes every upload.</summary>
    private sealed class Recorder : HttpMessageHandler
    {
        public string? Checksum { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var headers = request.Headers.Concat(request.Content?.Headers ?? Enumerable.Empty<KeyValuePair<string, IEnumerable<string>>>());
            Checksum = headers.FirstOrDefault(h => h.Key == "x-ms-content-crc64").Value?.Single();
            var response = new HttpResponseMessage(HttpStatusCode.Created) { Content = new ByteArrayContent([]) };
            response.Headers.ETag = new("\"1\"");
            response.Content.Headers.LastModified = DateTimeOffset.UnixEpoch;
            return Task.FromResult(response);
        }
    }
}
