using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Crescent.Kernels.Tensors;

namespace Crescent.Benchmarks.Engines;

/// <summary>A Python process that does the same work with PyTorch, one command at a time, with the fastest BLAS kernels that the processor has.</summary>
internal sealed class PyTorchPeer : IDisposable
{
    private readonly Process process;
    private readonly string weightsFile = Path.GetTempFileName();

    public PyTorchPeer(TensorSet weights, int threads)
    {
        using (var file = File.Create(weightsFile))
        {
            foreach (var tensor in weights.Tensors)
            {
                file.Write(MemoryMarshal.AsBytes<float>(tensor.Values));
            }
        }

        ProcessStartInfo start = new("/usr/bin/python3")
        {
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "decoder_bench.py"), weightsFile, threads.ToString(CultureInfo.InvariantCulture) },
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
        var answer = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"PyTorch ended at '{command}'.");
        return [.. answer.Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
        File.Delete(weightsFile);
    }
}
