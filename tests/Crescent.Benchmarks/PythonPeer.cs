using System.Diagnostics;
using System.Globalization;
using System.Runtime.Intrinsics;

namespace Crescent.Benchmarks;

/// <summary>A Python process that does the same work with PyTorch or NumPy, one command at a time, with the fastest BLAS kernels that the processor has.</summary>
internal sealed class PythonPeer : IDisposable
{
    private readonly Process process;
    private readonly string dataFile = Path.GetTempFileName();

    /// <param name="script">Run with the data's file and the number of threads as arguments.</param>
    /// <param name="data">Numbers that both sides use, as bytes.</param>
    public PythonPeer(string script, IEnumerable<byte[]> data, int threads)
    {
        using (var file = File.Create(dataFile))
        {
            foreach (var part in data)
            {
                file.Write(part);
            }
        }

        ProcessStartInfo start = new("/usr/bin/python3")
        {
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, script), dataFile, threads.ToString(CultureInfo.InvariantCulture) },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["OMP_NUM_THREADS"] = start.Environment["OPENBLAS_NUM_THREADS"] = threads.ToString(CultureInfo.InvariantCulture);
        if (BlasKernel is not null)
        {
            start.Environment["OPENBLAS_CORETYPE"] = BlasKernel;
        }

        process = Process.Start(start)!;
    }

    /// <summary>OpenBLAS of Debian 12 does not choose its AVX-512 kernels by itself on newer processors.</summary>
    public static string? BlasKernel => Vector512.IsHardwareAccelerated ? "SkylakeX" : null;

    /// <summary>Numbers that answer a command.</summary>
    public double[] Ask(string command)
    {
        process.StandardInput.WriteLine(command);
        process.StandardInput.Flush();
        var answer = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"Python ended at '{command}'.");
        return [.. answer.Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
        File.Delete(dataFile);
    }
}
