using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Crescent.Kernels.Models;
using Crescent.Kernels.Randomness;
using Crescent.Kernels.Spectra;
using Crescent.Kernels.Tensors;

namespace Crescent.Benchmarks.Spectra;

/// <summary>
/// The analysis of a pair of matrices (two full decompositions, the change's values, angles at three k, energies; no nulls) and LAPACK's gesdd on both matrices, in turns on equally many threads. Equal singular values first.
/// </summary>
internal static class SpectraBenchmark
{
    private static readonly (int Rows, int Columns)[] Shapes = [(128, 128), (384, 128), (512, 512), (1024, 512)];

    private static readonly SpectraSpec Spec = new()
    {
        Seed = 1,
        Model = new DecoderSpec { VocabularySize = 8, HiddenSize = 8, Layers = 1, Heads = 1, KeyValueHeads = 1, FeedForwardSize = 8, MaxPositions = 8 },
        NullDraws = 0,
    };

    /// <summary>Ratios of the time of a pair, ours over LAPACK's; <c>pair_vs_lapack</c> of the shapes together, on one thread.</summary>
    public static BenchmarkReport Run()
    {
        Dictionary<string, double> ratios = [], medians = [];
        var pairs = Shapes.Select(Pair).ToArray();
        foreach (var threads in new[] { 1, 2 })
        {
            using PythonPeer peer = new("lapack_bench.py", pairs.SelectMany(pair => new[] { pair.From, pair.To }).Select(tensor => MemoryMarshal.AsBytes<float>(tensor.Values).ToArray()), threads);
            var (ours, theirs) = (0.0, 0.0);
            for (var i = 0; i < pairs.Length; i++)
            {
                Agree(pairs[i].From, peer.Ask($"values {i}"));
                var name = $"{Shapes[i].Rows}x{Shapes[i].Columns}_threads{threads}";
                var turns = Shapes[i].Rows < 512 ? 41 : 11;
                var (mine, peers) = Compare(name, turns, Analysis(pairs[i], threads), () => peer.Ask($"pair {i}")[0]);
                (medians[name + "_ours_seconds"], medians[name + "_lapack_seconds"]) = (mine, peers);
                ratios["pair_vs_lapack_" + name] = mine / peers;
                (ours, theirs) = (ours + mine, theirs + peers);
            }

            ratios[threads == 1 ? "pair_vs_lapack" : $"pair_vs_lapack_threads{threads}"] = ours / theirs;
        }

        return new BenchmarkReport("spectra", ratios, medians);
    }

    /// <summary>Weights of a layer and the same after a change of a tenth of their norm.</summary>
    private static (Tensor From, Tensor To) Pair((int Rows, int Columns) shape, int index)
    {
        DoubleMatrix Draw(uint use) => RandomMatrix.Gaussian(shape.Rows, shape.Columns, new RandomKey(5, RandomPurpose.Initialisation, (uint)index, use));
        var from = Draw(0).Scale(0.05);
        return (from.ToTensor("w"), from.Plus(0.005, Draw(1)).ToTensor("w"));
    }

    private static Action Analysis((Tensor From, Tensor To) pair, int threads)
    {
        var comparison = new MatrixComparison(Spec);
        return () => comparison.Compare(new ComparedMatrix("w", 0, "w", 0), pair.From, pair.To, threads);
    }

    private static void Agree(Tensor matrix, double[] theirs)
    {
        var ours = SingularValueDecomposition.ValuesOf(DoubleMatrix.From(matrix));
        var difference = ours.Zip(theirs, (a, b) => Math.Abs(a - b)).Max() / theirs[0];
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"singular values differ by {difference:E1} of the largest"));
        if (ours.Length != theirs.Length || difference > 1e-12)
        {
            throw new InvalidOperationException("The singular values differ: the two sides do not compute the same.");
        }
    }

    private static (double Ours, double Theirs) Compare(string name, int turns, Action ours, Func<double> theirs)
    {
        List<double> ourSeconds = [], theirSeconds = [];
        for (var turn = 0; turn < turns + 2; turn++)
        {
            var watch = Stopwatch.StartNew();
            ours();
            var (mine, peers) = (watch.Elapsed.TotalSeconds, theirs());
            if (turn >= 2)
            {
                ourSeconds.Add(mine);
                theirSeconds.Add(peers);
            }
        }

        var (a, b) = (Median(ourSeconds), Median(theirSeconds));
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {turns} turns, ours {a * 1e3:F1} ms (least {ourSeconds.Min() * 1e3:F1}), LAPACK twice {b * 1e3:F1} ms (least {theirSeconds.Min() * 1e3:F1})"));
        return (a, b);
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
