using Crescent.Kernels.Engines;
using Crescent.Kernels.Models;
using Crescent.Kernels.Tensors;

namespace Crescent.Kernels.Tests.Engines.Cpu;

/// <summary>The decoder written a second time, in double precision and as plainly as possible: what the engine is checked against.</summary>
internal sealed class DoubleDecoder(DecoderSpec model, TensorSet weights)
{
    private readonly Dictionary<string, double[]> values = weights.Tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.Values.Select(value => (double)value).ToArray());

    public double[] this[string name] => values[name];

    /// <summary>log softmax(logits / temperature) for each supervised token.</summary>
    public List<double[]> LogProbabilities(TokenBatch batch, double temperature = 1, float[]? noise = null) => [.. Normed(batch, noise).Select(normed =>
    {
        var logits = Project(normed, model.TieEmbeddings ? DecoderLayout.Embedding : DecoderLayout.Head, model.VocabularySize);
        return LogSoftmax([.. logits.Select(logit => logit / temperature)]);
    })];

    /// <summary>Values of the states before the supervised tokens.</summary>
    public List<double> Values(TokenBatch batch) => [.. Normed(batch, null).Select(normed =>
    {
        var x = normed;
        for (var layer = 0; layer < 3; layer++)
        {
            var bias = values[DecoderLayout.ValueBias(layer)];
            x = Add(Project(x, DecoderLayout.ValueWeight(layer), bias.Length), bias);
            x = layer < 2 ? [.. x.Select(z => Math.Max(0, z))] : x;
        }

        return x[0];
    })];

    /// <summary>The final norm's output before each supervised token.</summary>
    private List<double[]> Normed(TokenBatch batch, float[]? noise)
    {
        List<double[]> all = [];
        for (var row = 0; row < batch.Rows; row++)
        {
            var (start, end) = (batch.Offsets[row], batch.Offsets[row + 1]);
            var hidden = Row(batch.Tokens[start..end], noise?[(start * model.HiddenSize)..(end * model.HiddenSize)]);
            all.AddRange(batch.Targets.Where(target => target >= start && target < end).Select(target => Norm(hidden[target - 1 - start], DecoderLayout.FinalNorm)));
        }

        return all;
    }

    /// <summary>The scalar whose gradient the coefficients describe.</summary>
    public double Loss(TokenBatch batch, TokenCoefficients coefficients, double temperature = 1, List<double[]>? reference = null, float[]? noise = null)
    {
        var logP = LogProbabilities(batch, temperature, noise);
        var loss = 0.0;
        for (var i = 0; i < logP.Count; i++)
        {
            loss += At(coefficients.LogProbability, i) * logP[i][batch.Tokens[batch.Targets[i]]];
            loss += At(coefficients.Entropy, i) * Entropy(logP[i]);
            loss += At(coefficients.SumOfSquares, i) * logP[i].Sum(log => Math.Exp(2 * log));
            if (reference is not null)
            {
                loss += At(coefficients.ReverseKl, i) * Divergence(logP[i], reference[i]) + At(coefficients.ForwardKl, i) * Divergence(reference[i], logP[i]);
            }
        }

        return loss + (coefficients.Value.Length == 0 ? 0 : Values(batch).Select((value, i) => coefficients.Value[i] * value).Sum());
    }

    public static double Entropy(double[] logP) => -logP.Sum(log => Math.Exp(log) * log);

    public static double Divergence(double[] logP, double[] logQ) => logP.Zip(logQ).Sum(pair => Math.Exp(pair.First) * (pair.First - pair.Second));

    public static double[] LogSoftmax(double[] logits)
    {
        var max = logits.Max();
        var sum = Math.Log(logits.Sum(logit => Math.Exp(logit - max)));
        return [.. logits.Select(logit => logit - max - sum)];
    }

    private static double At(float[] coefficients, int i) => coefficients.Length == 0 ? 0 : coefficients[i];

    private double[][] Row(int[] tokens, float[]? noise)
    {
        var d = model.HiddenSize;
        var x = tokens.Select((token, t) => Enumerable.Range(0, d).Select(i => values[DecoderLayout.Embedding][token * d + i] + (noise?[t * d + i] ?? 0)).ToArray()).ToArray();
        for (var layer = 0; layer < model.Layers; layer++)
        {
            string Name(string part) => DecoderLayout.Block(layer, part);
            var normed = x.Select(token => Norm(token, Name("input_layernorm"))).ToArray();
            var q = normed.Select((token, t) => Turn(Project(token, Name("self_attn.q_proj"), d), t)).ToArray();
            var k = normed.Select((token, t) => Turn(Project(token, Name("self_attn.k_proj"), model.KeyValueHeads * model.HeadSize), t)).ToArray();
            var v = normed.Select(token => Project(token, Name("self_attn.v_proj"), model.KeyValueHeads * model.HeadSize)).ToArray();
            for (var t = 0; t < tokens.Length; t++)
            {
                x[t] = Add(x[t], Project(Attend(q[t], k[..(t + 1)], v), Name("self_attn.o_proj"), d));
            }

            for (var t = 0; t < tokens.Length; t++)
            {
                var h = Norm(x[t], Name("post_attention_layernorm"));
                var gate = Project(h, Name("mlp.gate_proj"), model.FeedForwardSize);
                var up = Project(h, Name("mlp.up_proj"), model.FeedForwardSize);
                x[t] = Add(x[t], Project([.. gate.Zip(up, (g, u) => g / (1 + Math.Exp(-g)) * u)], Name("mlp.down_proj"), d));
            }
        }

        return x;
    }

    private double[] Attend(double[] query, double[][] keys, double[][] values)
    {
        var size = model.HeadSize;
        var output = new double[model.HiddenSize];
        for (var head = 0; head < model.Heads; head++)
        {
            var keyHead = head / (model.Heads / model.KeyValueHeads);
            var p = LogSoftmax([.. keys.Select(key => Enumerable.Range(0, size).Sum(i => query[head * size + i] * key[keyHead * size + i]) / Math.Sqrt(size))]);
            for (var j = 0; j < keys.Length; j++)
            {
                for (var i = 0; i < size; i++)
                {
                    output[head * size + i] += Math.Exp(p[j]) * values[j][keyHead * size + i];
                }
            }
        }

        return output;
    }

    private double[] Turn(double[] heads, int position)
    {
        var (size, half) = (model.HeadSize, model.HeadSize / 2);
        var turned = new double[heads.Length];
        for (var i = 0; i < heads.Length; i++)
        {
            var (start, within) = (i / size * size, i % size);
            var angle = position * Math.Pow(model.RopeTheta, -2.0 * (within % half) / size);
            var other = within < half ? -heads[start + within + half] : heads[start + within - half];
            turned[i] = heads[i] * Math.Cos(angle) + other * Math.Sin(angle);
        }

        return turned;
    }

    private double[] Norm(double[] x, string gain)
    {
        var scale = 1 / Math.Sqrt(x.Sum(value => value * value) / x.Length + model.NormEpsilon);
        return [.. x.Zip(values[gain], (value, g) => value * scale * g)];
    }

    private double[] Project(double[] x, string matrix, int rows)
    {
        var w = values[matrix];
        return [.. Enumerable.Range(0, rows).Select(row =>
        {
            var sum = 0.0;
            for (var i = 0; i < x.Length; i++)
            {
                sum += w[row * x.Length + i] * x[i];
            }

            return sum;
        })];
    }

    private static double[] Add(double[] x, double[] y) => [.. x.Zip(y, (a, b) => a + b)];
}
