using Crescent.Kernels.Reports.Charts;

namespace Crescent.Kernels.Tests.Reports.Charts;

public sealed class HeatMapTests
{
    [Fact]
    public void SequentialColour_RisingShare_DarkensSteadily()
    {
        var lightness = Enumerable.Range(0, 21).Select(i => Lightness(HeatMap.SequentialColour(i / 20.0).Fill)).ToArray();

        Assert.All(lightness.Zip(lightness.Skip(1)), pair => Assert.True(pair.First > pair.Second));
    }

    [Fact]
    public void Colours_AnyShare_GiveTextEnoughContrast()
    {
        for (var share = -0.1; share <= 1.1; share += 0.01)
        {
            foreach (var (fill, light) in new[] { HeatMap.SequentialColour(share), HeatMap.DivergingColour(share) })
            {
                var (text, ground) = (Luminance(light ? "#ffffff" : "#10202e"), Luminance(fill));
                var contrast = (Math.Max(text, ground) + 0.05) / (Math.Min(text, ground) + 0.05);
                Assert.True(contrast >= 4.0, $"{fill}: {contrast}");
            }
        }
    }

    private static double Lightness(string colour) => Channels(colour).Sum();

    private static double Luminance(string colour)
    {
        var linear = Channels(colour).Select(c => c / 255.0).Select(c => c <= 0.03928 ? c / 12.92 : Math.Pow((c + 0.055) / 1.055, 2.4)).ToArray();
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
    }

    private static int[] Channels(string colour) => [.. new[] { 1, 3, 5 }.Select(i => Convert.ToInt32(colour.Substring(i, 2), 16))];
}
