using System.Diagnostics;

namespace Crescent.Kernels.Tests.Independent;

/// <summary>Runs <c>tests/independent/recompute.py</c> on files.</summary>
internal static class PythonJudge
{
    private const string Python = "/usr/bin/python3";

    public static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        if (!File.Exists(Python))
        {
            throw new InvalidOperationException($"{Python} is missing. infra/services.sh installs it with python3-numpy on Debian and Ubuntu.");
        }

        var start = new ProcessStartInfo(Python) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "recompute.py"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        var complaint = await errors;
        return complaint.Contains("No module named 'numpy'", StringComparison.Ordinal)
            ? throw new InvalidOperationException("Debian's python3-numpy is missing; infra/services.sh installs it.")
            : (process.ExitCode, await output + complaint);
    }
}
