using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Crescent.Chaos;

namespace Crescent.EndToEnd.Tests.Demo;

public sealed class DemoTests
{
    [Fact]
    public async Task Demo_KilledThenCalledAgain_GoesOnAndLeavesAReportWithEveryArtifact()
    {
        var folder = Directory.CreateTempSubdirectory("crescent-demo-");
        try
        {
            var spec = Path.Combine(folder.FullName, "tiny.yaml");
            await File.WriteAllTextAsync(spec, ChaosSpec.Tiny);
            var output = Path.Combine(folder.FullName, "out");
            string[] arguments = ["demo", "--spec", spec, "--out", output];
            using (var killed = Process.Start(CrescentProcess.Start(arguments))!)
            {
                while (await killed.StandardOutput.ReadLineAsync() is { } line && !line.Contains("SFT: running", StringComparison.Ordinal))
                {
                    Assert.DoesNotContain("Going on", line, StringComparison.Ordinal);
                }

                killed.Kill();
                await killed.WaitForExitAsync();
            }

            var again = await CrescentProcess.RunAsync(arguments);
            var third = await CrescentProcess.RunAsync(arguments);

            Assert.True(again.ExitCode == 0, again.Errors);
            Assert.Contains("Going on with the unfinished experiment", again.Output, StringComparison.Ordinal);
            Assert.True(File.Exists(Path.Combine(output, "report.html")));
            Assert.Equal(0, third.ExitCode);
            Assert.Contains("Reused from the work cache (19 of 19 runs)", third.Output, StringComparison.Ordinal);
            var result = JsonSerializer.Deserialize<JsonElement>(await File.ReadAllTextAsync(Path.Combine(output, "result.json")));
            Assert.True(result.GetProperty("peakMemoryBytes").GetInt64() > 0);
            Assert.All(result.GetProperty("artifacts").EnumerateArray(), artifact =>
                Assert.Equal(artifact.GetProperty("sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(artifact.GetProperty("path").GetString()!)))));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
