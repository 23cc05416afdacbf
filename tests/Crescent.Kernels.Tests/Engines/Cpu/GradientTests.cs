using Crescent.Kernels.Engines;
using Crescent.Kernels.Models;

namespace Crescent.Kernels.Tests.Engines.Cpu;

/// <summary>The engine's gradients against central differences of the double-precision decoder.</summary>
public sealed class GradientTests
{
    private const double Step = 1e-5;

    public static TheoryData<string, bool, float> Kinds { get; } = new()
    {
        { nameof(TokenCoefficients.LogProbability), false, 1 },
        { nameof(TokenCoefficients.LogProbability), true, 0.7f },
        { nameof(TokenCoefficients.Entropy), false, 1.3f },
        { nameof(TokenCoefficients.ReverseKl), false, 1.3f },
        { nameof(TokenCoefficients.ForwardKl), false, 0.7f },
        { nameof(TokenCoefficients.SumOfSquares), false, 1.3f },
        { "all", true, 1.3f },
        { "all", false, 1 },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Backward_EachCoefficientKind_AgreesWithFiniteDifferences(string kind, bool tied, float temperature)
    {
        var model = tied ? SmallModels.Tied : SmallModels.Grouped;
        var batch = SmallModels.Batch(model, [9, 2, 11], supervised: 0.6);
        var noise = SmallModels.Random(batch.Tokens.Length * model.HiddenSize, 9);
        var all = SmallModels.Coefficients(batch.Targets.Length);
        TokenCoefficients coefficients = new()
        {
            LogProbability = kind is "all" or nameof(all.LogProbability) ? all.LogProbability : [],
            Entropy = kind is "all" or nameof(all.Entropy) ? all.Entropy : [],
            ReverseKl = kind is "all" or nameof(all.ReverseKl) ? all.ReverseKl : [],
            ForwardKl = kind is "all" or nameof(all.ForwardKl) ? all.ForwardKl : [],
            SumOfSquares = kind is "all" or nameof(all.SumOfSquares) ? all.SumOfSquares : [],
        };
        using var engine = SmallModels.Engine(model);
        using var reference = SmallModels.Engine(SmallModels.Grouped, seed: 2);
        using (var pass = engine.Forward(batch, temperature, reference, noise))
        {
            engine.Backward(pass, coefficients);
        }

        DoubleDecoder decoder = new(model, SmallModels.Weights(model));
        var referenceLogP = new DoubleDecoder(SmallModels.Grouped, SmallModels.Weights(SmallModels.Grouped, 2)).LogProbabilities(batch, temperature);
        foreach (var gradient in engine.ReadGradients().Tensors)
        {
            var values = decoder[gradient.Name];
            var start = values.ToArray();
            foreach (var direction in Directions(gradient.Values.Length))
            {
                var above = Moved(Step);
                var below = Moved(-Step);
                var expected = (above - below) / (2 * Step);
                var actual = direction.Zip(gradient.Values, (d, g) => d * g).Sum();

                // float32 rounding of the chain, relative to the tensor's largest element; the differences are good to 1e-8.
                var tolerance = 2e-5 * Math.Max(1, gradient.Values.Max(MathF.Abs)) * Math.Sqrt(direction.Sum(d => d * d));
                Assert.True(Math.Abs(expected - actual) <= tolerance, $"{gradient.Name}: expected {expected}, got {actual}");

                double Moved(double step)
                {
                    for (var i = 0; i < values.Length; i++)
                    {
                        values[i] = start[i] + step * direction[i];
                    }

                    var loss = decoder.Loss(batch, coefficients, temperature, referenceLogP, noise);
                    start.CopyTo(values, 0);
                    return loss;
                }
            }
        }
    }

    /// <summary>A random direction, which a wrong element anywhere changes, and some single elements.</summary>
    private static IEnumerable<double[]> Directions(int length)
    {
        yield return [.. SmallModels.Random(length, 21).Select(value => (double)value)];
        foreach (var element in new[] { 0, length / 3, length - 1 })
        {
            var direction = new double[length];
            direction[element] = 1;
            yield return direction;
        }
    }

    [Fact]
    public void Backward_WithoutCoefficients_LeavesGradientsZero()
    {
        using var engine = SmallModels.Engine(SmallModels.Grouped);
        using var pass = engine.Forward(SmallModels.Batch(SmallModels.Grouped, [5, 7]));
        engine.Backward(pass, new TokenCoefficients { LogProbability = [] });
        Assert.All(engine.ReadGradients().Tensors, tensor => Assert.All(tensor.Values, value => Assert.Equal(0, value)));
    }
}
