using System.Text;
using Crescent.Storage.Artifacts;
using static Crescent.Storage.Tests.TestStorage;

namespace Crescent.Storage.Tests.Artifacts;

public sealed class FolderBlobStoreTests : IDisposable
{
    // printf abc | sha256sum
    private const string Abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    private readonly TemporaryFolder folder = new();
    private readonly FolderBlobStore store;

    public FolderBlobStoreTests() => store = new FolderBlobStore(folder.Path, DateTimeOffset.UtcNow);

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task PutAsync_Bytes_AreFoundByTheirHash()
    {
        var blob = await store.PutAsync(Write("abc"));

        Assert.Equal(new BlobReference(Abc, 3), blob);
        Assert.Equal("abc", await ReadAsync(Abc));
        Assert.True(await store.VerifyAsync(Abc));
        Assert.Empty(Incoming);
    }

    [Fact]
    public async Task PutAsync_ManyWritersOfOneContent_AgreeOnOneBlob()
    {
        var blobs = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => store.PutAsync(Write("abc")))));

        Assert.Equal([new BlobReference(Abc, 3)], blobs.Distinct());
        Assert.True(await store.VerifyAsync(Abc));
    }

    [Fact]
    public async Task PutAsync_OverADamagedBlob_RepairsIt()
    {
        await store.PutAsync(Write("abc"));
        await File.WriteAllTextAsync(PathOf(Abc), "abd");
        Assert.False(await store.VerifyAsync(Abc));

        await store.PutAsync(Write("abc"));

        Assert.True(await store.VerifyAsync(Abc));
    }

    [Fact]
    public async Task PutAsync_WriterThatFails_LeavesNothing()
    {
        await Assert.ThrowsAsync<InvalidDataException>(() => store.PutAsync(stream =>
        {
            stream.Write("half"u8);
            throw new InvalidDataException();
        }));

        Assert.Empty(Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task PutAsync_FullDisk_SaysSoAndLeavesNothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/dev/full is Linux's.");
        var full = new FolderBlobStore(folder.Path, ledger: null, new IncomingFolder(folder.Path, DateTimeOffset.MinValue, _ => new FileStream("/dev/full", FileMode.Open, FileAccess.Write)));

        var error = await Assert.ThrowsAsync<CrescentException>(() => full.PutAsync(stream => stream.Write(new byte[1 << 20])));

        Assert.Equal(("storage-full", true), (error.Code, error.Retryable));
        Assert.Empty(Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task OpenAsync_DamagedOrMissing_IsRefused()
    {
        await store.PutAsync(Write("abc"));
        await File.WriteAllTextAsync(PathOf(Abc), "ab");

        await ThrowsAsync("artifact-damaged", () => store.OpenAsync(Abc));
        await ThrowsAsync("artifact-missing", () => store.OpenAsync(new string('0', 64)));
        Assert.False(await store.VerifyAsync(new string('0', 64)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("../../../../etc/passwd")]
    [InlineData("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD")]
    [InlineData("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a/")]
    public async Task OpenAsync_NameThatIsNoHash_IsRefused(string name)
    {
        await ThrowsAsync("artifact-name-invalid", () => store.OpenAsync(name));
        await ThrowsAsync("artifact-name-invalid", () => store.VerifyAsync(name));
    }

    [Fact]
    public async Task Constructor_LeftoversOfADeadProcess_AreDeletedAndLivingFilesStay()
    {
        var old = DateTime.UtcNow.AddHours(-1);
        var dead = Leftover("dead", old);
        var recent = Leftover("recent", DateTime.UtcNow.AddHours(1));
        var living = Leftover("living", old);
        await using (new FileStream(living, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            _ = new FolderBlobStore(folder.Path, DateTimeOffset.UtcNow);
        }

        Assert.False(File.Exists(dead));
        Assert.True(File.Exists(recent));
        Assert.True(File.Exists(living));
    }

    private IEnumerable<string> Incoming => Directory.EnumerateFiles(Path.Combine(folder.Path, "incoming"));

    private static Action<Stream> Write(string text) => stream => stream.Write(Encoding.UTF8.GetBytes(text));

    private async Task<string> ReadAsync(string sha256)
    {
        using var reader = new StreamReader(await store.OpenAsync(sha256));
        return await reader.ReadToEndAsync();
    }

    private string PathOf(string sha256) => Path.Combine(folder.Path, sha256[..2], sha256[2..4], sha256);

    private string Leftover(string name, DateTime written)
    {
        var path = Path.Combine(folder.Path, "incoming", name);
        File.WriteAllText(path, "half");
        File.SetLastWriteTimeUtc(path, written);
        return path;
    }
}
