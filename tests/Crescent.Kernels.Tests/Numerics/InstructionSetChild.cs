using System.Diagnostics;
using System.Runtime.Intrinsics;

namespace Crescent.Kernels.Tests.Numerics;

/// <summary>Runs one test method again in a child process on which some instructions are switched off, and compares what it leaves behind.</summary>
internal static class InstructionSetChild
{
    private const string ResultFile = "CRESCENT_TEST_RESULT_FILE";

    /// <summary>Called by the method: in the child, hands its digest to the parent together with the accelerated vector widths.</summary>
    public static void Leave(string digest)
    {
        if (Environment.GetEnvironmentVariable(ResultFile) is { } file)
        {
            File.WriteAllText(file, $"{Vector512.IsHardwareAccelerated} {Vector256.IsHardwareAccelerated} {digest}");
        }
    }

    /// <param name="switchedOff"><c>EnableAVX512</c> or <c>EnableAVX</c>.</param>
    /// <returns>Whether 512-bit and 256-bit vectors were accelerated in the child, and the digest.</returns>
    public static async Task<string> RunAsync(Type test, string method, string switchedOff)
    {
        var file = Path.GetTempFileName();
        try
        {
            ProcessStartInfo start = new("dotnet")
            {
                ArgumentList = { test.Assembly.Location, "-method", $"{test.FullName}.{method}" },
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            start.Environment["DOTNET_" + switchedOff] = "0";
            start.Environment["DOTNET_EnableAVX512F"] = "0";
            start.Environment[ResultFile] = file;
            using var child = Process.Start(start)!;
            var error = child.StandardError.ReadToEndAsync();
            var output = await child.StandardOutput.ReadToEndAsync();
            await child.WaitForExitAsync();
            Assert.True(child.ExitCode == 0, output + await error);
            return await File.ReadAllTextAsync(file);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
