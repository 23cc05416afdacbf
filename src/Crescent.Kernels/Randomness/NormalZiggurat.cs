using Crescent.Kernels.Numerics;

namespace Crescent.Kernels.Randomness;

/// <summary>
/// Standard normal numbers in bulk by the ziggurat of Marsaglia and Tsang (2000): 128 layers of equal area, about a third of the cost of Box and Muller. The layer and the place in it come from different bits (Doornik, 2005),
/// so a number has 25 bits.
/// </summary>
internal static class NormalZiggurat
{
    private const int Layers = 128;
    private const double Tail = 3.442619855899;
    private const double Area = 9.91256303526217e-3;
    private const double Half = 2147483648.0;

    private static readonly double[] Width = new double[Layers];
    private static readonly double[] Height = new double[Layers];
    private static readonly long[] Inside = new long[Layers];

    static NormalZiggurat()
    {
        var (edge, before) = (Tail, Tail);
        var bottom = Area / Density(Tail);
        Inside[0] = (long)(Tail / bottom * Half);
        (Width[0], Width[Layers - 1]) = (bottom / Half, Tail / Half);
        (Height[0], Height[Layers - 1]) = (1, Density(Tail));
        for (var i = Layers - 2; i >= 1; i--)
        {
            edge = Math.Sqrt(-2 * Elementary.Log((Area / edge) + Density(edge)));
            Inside[i + 1] = (long)(edge / before * Half);
            before = edge;
            (Width[i], Height[i]) = (edge / Half, Density(edge));
        }
    }

    public static void Fill(Span<double> values, RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(random);
        foreach (ref var value in values)
        {
            value = Next(random);
        }
    }

    private static double Next(RandomStream random)
    {
        while (true)
        {
            var bits = random.NextUInt32();
            var layer = (int)(bits % Layers);
            var place = (int)(bits - (uint)layer);
            var x = place * Width[layer];
            if (Math.Abs((long)place) < Inside[layer])
            {
                return x;
            }

            if (layer == 0)
            {
                return place < 0 ? -BeyondTail(random) : BeyondTail(random);
            }

            if (Height[layer] + (random.NextDouble() * (Height[layer - 1] - Height[layer])) < Density(x))
            {
                return x;
            }
        }
    }

    private static double BeyondTail(RandomStream random)
    {
        while (true)
        {
            var x = -Elementary.Log(1 - random.NextDouble()) / Tail;
            var y = -Elementary.Log(1 - random.NextDouble());
            if (y + y >= x * x)
            {
                return Tail + x;
            }
        }
    }

    private static double Density(double x) => Elementary.Exp(-0.5 * x * x);
}
