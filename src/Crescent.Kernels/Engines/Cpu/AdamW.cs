using System.Runtime.Intrinsics;
using Crescent.Kernels.Numerics;
using Crescent.Kernels.Tensors;

namespace Crescent.Kernels.Engines.Cpu;

/// <summary>
/// AdamW (Loshchilov and Hutter, 2019): m and v are running means of g and g^2; w -= rate (m' / (sqrt v' + epsilon) + decay w), m' and v' corrected for their start at zero. Decay applies to matrices, not to gains.
/// </summary>
internal sealed unsafe class AdamW(DecoderParameters parameters)
{
    private const string FirstMoment = "first_moment.";
    private const string SecondMoment = "second_moment.";
    private const string StepCount = "step";
    private const int Section = 16_384;
    private AlignedBuffer? first, second;
    private int steps;

    /// <summary>Global L2 norm of the gradients of the tensors that are not frozen; summed in double, in one order.</summary>
    public double Norm(AlignedBuffer gradients, IReadOnlySet<string> frozen)
    {
        var total = 0.0;
        foreach (var slot in parameters.Slots)
        {
            if (frozen.Contains(slot.Name))
            {
                continue;
            }

            var sum = Vector512<double>.Zero;
            var p = gradients.Start + slot.Offset;
            for (var i = 0; i < slot.Length; i += Lanes.Count)
            {
                var (low, high) = Vector512.Widen(Lanes.Load(p + i, slot.Length - i));
                sum = Vector512.FusedMultiplyAdd(high, high, Vector512.FusedMultiplyAdd(low, low, sum));
            }

            for (var lane = 0; lane < Vector512<double>.Count; lane++)
            {
                total += sum[lane];
            }
        }

        return Math.Sqrt(total);
    }

    /// <summary>Changes the weights.</summary>
    /// <param name="factor">Multiplies every gradient: the clip.</param>
    public void Step(AdamWSpec spec, double learningRate, float factor, AlignedBuffer gradients, IReadOnlySet<string> frozen, WorkerThreads workers)
    {
        first ??= new AlignedBuffer(parameters.Weights.Length);
        second ??= new AlignedBuffer(parameters.Weights.Length);
        steps++;
        var rate = learningRate / (1 - Elementary.Pow(spec.Beta1, steps));
        var inverseRoot = 1 / Math.Sqrt(1 - Elementary.Pow(spec.Beta2, steps));
        List<(int Offset, int Length, float Keep)> sections = [];
        foreach (var slot in parameters.Slots)
        {
            var keep = slot.IsMatrix ? (float)(1 - learningRate * spec.WeightDecay) : 1;
            for (var i = 0; i < slot.Length && !frozen.Contains(slot.Name); i += Section)
            {
                sections.Add((slot.Offset + i, Math.Min(Section, slot.Length - i), keep));
            }
        }

        workers.Run(sections.Count, (task, _) =>
        {
            var (offset, length, keep) = sections[task];
            Update(spec, (float)rate, (float)inverseRoot, factor, keep, gradients.Start + offset, offset, length);
        });
        parameters.Changed();
    }

    /// <summary>Moments and step count by name; empty before the first step.</summary>
    public TensorSet Export() => first is null || second is null
        ? new TensorSet([])
        : new TensorSet([new Tensor(StepCount, [1], [steps]), .. parameters.Export(first, FirstMoment), .. parameters.Export(second, SecondMoment)]);

    public void Import(TensorSet tensors)
    {
        if (tensors.Tensors.Count == 0)
        {
            (first, second, steps) = (null, null, 0);
            return;
        }

        var count = tensors[StepCount];
        if (count.Values.Length != 1 || !(count.Values[0] >= 1) || count.Values[0] != MathF.Floor(count.Values[0]))
        {
            throw new CrescentException("tensor-invalid", $"Tensor '{StepCount}' must hold the number of steps taken, a whole number from 1.");
        }

        var (newFirst, newSecond) = (new AlignedBuffer(parameters.Weights.Length), new AlignedBuffer(parameters.Weights.Length));
        parameters.Import(tensors, [(FirstMoment, newFirst), (SecondMoment, newSecond)], StepCount);
        (first, second, steps) = (newFirst, newSecond, (int)count.Values[0]);
    }

    private void Update(AdamWSpec spec, float rate, float inverseRoot, float factor, float keep, float* gradient, int offset, int length)
    {
        float* w = parameters.Weights.Start + offset, m = first!.Start + offset, v = second!.Start + offset;
        var (beta1, beta2) = (Vector512.Create((float)spec.Beta1), Vector512.Create((float)spec.Beta2));
        var (rest1, rest2) = (Vector512.Create((float)(1 - spec.Beta1)), Vector512.Create((float)(1 - spec.Beta2)));
        var (clip, decay, root) = (Vector512.Create(factor), Vector512.Create(keep), Vector512.Create(inverseRoot));
        var (step, epsilon) = (Vector512.Create(-rate), Vector512.Create((float)spec.Epsilon));
        for (var i = 0; i < length; i += Lanes.Count)
        {
            var left = length - i;
            var g = Lanes.Load(gradient + i, left) * clip;
            var mean = Vector512.FusedMultiplyAdd(Lanes.Load(m + i, left), beta1, g * rest1);
            var square = Vector512.FusedMultiplyAdd(Lanes.Load(v + i, left), beta2, g * g * rest2);
            Lanes.Store(mean, m + i, left);
            Lanes.Store(square, v + i, left);
            var direction = mean / Vector512.FusedMultiplyAdd(Vector512.Sqrt(square), root, epsilon);
            Lanes.Store(Vector512.FusedMultiplyAdd(direction, step, Lanes.Load(w + i, left) * decay), w + i, left);
        }
    }
}
