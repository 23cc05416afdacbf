using Crescent.Kernels.Models;
using Crescent.Kernels.Numerics;

namespace Crescent.Kernels.Engines.Cpu;

/// <summary>
/// The gradient of a pass, block of tokens by block of tokens, layer by layer from the head: first every chunk's activations' gradients (chunks are independent), then the weights' (strips of each matrix are independent).
/// Each element of a weight's gradient is one chain over tokens in flat order, so neither threads nor the split into blocks, chunks or batches shows.
/// </summary>
internal sealed unsafe class DecoderBackward
{
    private readonly DecoderSpec model;
    private readonly DecoderParameters parameters;
    private readonly DecoderGradients gradients;
    private readonly PackedWeights packed;
    private readonly Rotary rotary;
    private readonly List<BackwardScratch> scratch = [];
    private readonly OuterProduct queryKeyValue, output, gateUp, down, head;
    private readonly ValueHead? valueHead;
    private readonly int hidden, width, feedForward;
    private AlignedBuffer? inputBuffer, attentionBuffer, feedForwardBuffer, headBuffer;

    public DecoderBackward(DecoderSpec model, DecoderParameters parameters, DecoderGradients gradients, PackedWeights packed, Rotary rotary)
    {
        (this.model, this.parameters, this.gradients, this.packed, this.rotary) = (model, parameters, gradients, packed, rotary);
        (hidden, width, feedForward) = (model.HiddenSize, model.HiddenSize + 2 * model.KeyValueHeads * model.HeadSize, model.FeedForwardSize);
        queryKeyValue = new OuterProduct(width, hidden);
        output = new OuterProduct(hidden, hidden);
        gateUp = new OuterProduct(2 * feedForward, hidden);
        down = new OuterProduct(hidden, feedForward);
        head = new OuterProduct(model.VocabularySize, hidden);
        valueHead = model.ValueHead ? new ValueHead(model, parameters) : null;
    }

    /// <summary>Adds the pass's gradient.</summary>
    public void Run(CpuForwardPass pass, TokenCoefficients coefficients, WorkerThreads workers)
    {
        packed.Refresh(workers);
        while (scratch.Count < workers.Count)
        {
            scratch.Add(new BackwardScratch(model));
        }

        foreach (var (first, end) in pass.Plan.Blocks)
        {
            Block(pass, coefficients, first, end, workers);
        }

        gradients.Any = true;
    }

    private void Block(CpuForwardPass pass, TokenCoefficients coefficients, int firstChunk, int endChunk, WorkerThreads workers)
    {
        var (chunks, activations) = (pass.Plan.Chunks, pass.Memory.Activations);
        var (firstToken, firstTarget) = (chunks[firstChunk].FirstToken, chunks[firstChunk].FirstTarget);
        var (tokens, targets) = (chunks[endChunk - 1].EndToken - firstToken, chunks[endChunk - 1].EndTarget - firstTarget);
        Reserve(tokens, targets);
        var inputGradient = inputBuffer!.Start;

        workers.Run(endChunk - firstChunk, (task, worker) => Head(pass, coefficients, chunks[firstChunk + task], firstToken, firstTarget, scratch[worker]));
        var final = activations.Input(model.Layers, 0);
        workers.Run(head.Tasks + 1, (task, worker) =>
        {
            if (task < head.Tasks)
            {
                head.Run(task, targets, gradients.Head);
                return;
            }

            for (var i = 0; i < targets; i++)
            {
                var target = firstTarget + i;
                var x = final + (nint)(pass.Plan.Batch.Targets[target] - 1) * hidden;
                RmsNorm.AddGainGradient(x, pass.Memory.Scales[target], headBuffer!.Start + (nint)i * hidden, gradients.At(parameters.FinalNorm), hidden);
                Value(pass, coefficients, target, gradients, null, scratch[worker]);
            }
        });

        for (var layer = model.Layers - 1; layer >= 0; layer--)
        {
            var at = layer;
            workers.Run(endChunk - firstChunk, (task, worker) =>
            {
                var chunk = chunks[firstChunk + task];
                Layer(at, pass.Plan.Batch, chunk, chunk.FirstToken - firstToken, activations.At(at, chunk.FirstToken), scratch[worker]);
            });
            Weights(at, tokens, activations.At(at, firstToken), workers);
        }

        for (var t = 0; t < tokens; t++)
        {
            Lanes.Add(gradients.At(parameters.Embedding) + (nint)pass.Plan.Batch.Tokens[firstToken + t] * hidden, inputGradient + (nint)t * hidden, hidden);
        }
    }

    /// <summary>From coefficients through head and final norm to the gradient of the last block's output.</summary>
    private void Head(CpuForwardPass pass, TokenCoefficients coefficients, RowChunk chunk, int firstToken, int firstTarget, BackwardScratch own)
    {
        var dx = inputBuffer!.Start + (nint)(chunk.FirstToken - firstToken) * hidden;
        new Span<float>(dx, chunk.Tokens * hidden).Clear();
        if (chunk.Targets == 0)
        {
            return;
        }

        var (memory, vocabulary) = (pass.Memory, model.VocabularySize);
        var pitch = Panels.Wide(vocabulary) * MicroKernel.Columns;
        own.Reserve(Math.Max(chunk.Tokens, chunk.Targets), pitch);
        float* logits = own.Logits, normed = own.Normed;
        for (var i = 0; i < chunk.Targets; i++)
        {
            var target = chunk.FirstTarget + i;
            var row = (nint)target * pitch;
            var token = TokenGradient.Of(coefficients, pass.Statistics, target);
            TokenDistribution.Gradient(
                memory.LogP + row, token.NeedsReference ? memory.LogQ + row : null, vocabulary, pass.Plan.Batch.Tokens[pass.Plan.Batch.Targets[target]], token, pass.Temperature, logits + (nint)i * pitch);
            RmsNorm.Apply(Final(pass, target), parameters.At(parameters.FinalNorm), memory.Scales[target], normed + (nint)i * hidden, hidden);
        }

        head.PackLeft(chunk.FirstTarget - firstTarget, chunk.Targets, logits, pitch);
        head.PackRight(chunk.FirstTarget - firstTarget, chunk.Targets, normed, hidden);
        var dy = headBuffer!.Start + (nint)(chunk.FirstTarget - firstTarget) * hidden;
        packed.Head.Multiply(chunk.Targets, logits, pitch, dy, hidden, false);
        for (var i = 0; coefficients.ValueReachesTrunk && i < chunk.Targets; i++)
        {
            Value(pass, coefficients, chunk.FirstTarget + i, null, dy + (nint)i * hidden, own);
        }

        for (var i = 0; i < chunk.Targets; i++)
        {
            var target = chunk.FirstTarget + i;
            var token = pass.Plan.Batch.Targets[target] - 1 - chunk.FirstToken;
            RmsNorm.Backward(Final(pass, target), parameters.At(parameters.FinalNorm), memory.Scales[target], dy + (nint)i * hidden, dx + (nint)token * hidden, hidden);
        }
    }

    /// <summary>Adds v grad V of a target, to the head's own gradients or to that of the final norm's output.</summary>
    private void Value(CpuForwardPass pass, TokenCoefficients coefficients, int target, DecoderGradients? own, float* dy, BackwardScratch memory)
    {
        if (coefficients.Value.Length == 0 || coefficients.Value[target] == 0)
        {
            return;
        }

        memory.Reserve(1, 0);
        var outputs = memory.Value(valueHead!.Length);
        RmsNorm.Apply(Final(pass, target), parameters.At(parameters.FinalNorm), pass.Memory.Scales[target], memory.Attention, hidden);
        valueHead.Forward(memory.Attention, outputs);
        valueHead.Backward(memory.Attention, outputs, coefficients.Value[target], own, dy);
    }

    private float* Final(CpuForwardPass pass, int target) => pass.Memory.Activations.Input(model.Layers, pass.Plan.Batch.Targets[target] - 1);

    /// <summary>From the gradient of a block's output to that of its input, in place; packs the operands of the weights' gradients on the way.</summary>
    private void Layer(int layer, TokenBatch batch, RowChunk chunk, int token, BlockActivations a, BackwardScratch own)
    {
        var (tokens, offsets, weights) = (chunk.Tokens, parameters.Blocks[layer], packed.Blocks[layer]);
        own.Reserve(tokens, 0);
        var dx = inputBuffer!.Start + (nint)token * hidden;

        down.PackLeft(token, tokens, dx, hidden);
        weights.Down.Multiply(tokens, dx, hidden, own.Activated, feedForward, false);
        for (var t = 0; t < tokens; t++)
        {
            var activated = own.Activated + (nint)t * feedForward;
            SwiGlu.Backward(a.GateUp + (nint)t * 2 * feedForward, activated, own.GateUp + (nint)t * 2 * feedForward, activated, feedForward);
        }

        down.PackRight(token, tokens, own.Activated, feedForward);
        gateUp.PackLeft(token, tokens, own.GateUp, 2 * feedForward);
        var dy = feedForwardBuffer!.Start + (nint)token * hidden;
        weights.GateUp.Multiply(tokens, own.GateUp, 2 * feedForward, dy, hidden, false);
        Norm(tokens, a.Middle, a.MiddleScale, offsets.FeedForwardNorm, dy, dx, own.Normed);
        gateUp.PackRight(token, tokens, own.Normed, hidden);

        output.PackLeft(token, tokens, dx, hidden);
        output.PackRight(token, tokens, a.Attention, hidden);
        weights.Output.Multiply(tokens, dx, hidden, own.Attention, hidden, false);
        for (var row = chunk.FirstRow; row < chunk.EndRow; row++)
        {
            var start = (nint)(batch.Offsets[row] - chunk.FirstToken);
            var length = batch.Offsets[row + 1] - batch.Offsets[row];
            var gradient = own.QueryKeyValue + start * width;
            own.RowAttention.Backward(length, a.QueryKeyValue + start * width, own.Attention + start * hidden, gradient);
            for (var position = 0; position < length; position++)
            {
                rotary.Turn(gradient + (nint)position * width, model.Heads + model.KeyValueHeads, position, -1);
            }
        }

        queryKeyValue.PackLeft(token, tokens, own.QueryKeyValue, width);
        dy = attentionBuffer!.Start + (nint)token * hidden;
        weights.QueryKeyValue.Multiply(tokens, own.QueryKeyValue, width, dy, hidden, false);
        Norm(tokens, a.Input, a.InputScale, offsets.AttentionNorm, dy, dx, own.Normed);
        queryKeyValue.PackRight(token, tokens, own.Normed, hidden);
    }

    /// <summary>Through a norm: adds to the gradient of its input, and computes its output again.</summary>
    private void Norm(int tokens, float* x, float* scales, int gain, float* dy, float* dx, float* normed)
    {
        for (var t = 0; t < tokens; t++)
        {
            var at = (nint)t * hidden;
            RmsNorm.Backward(x + at, parameters.At(gain), scales[t], dy + at, dx + at, hidden);
            RmsNorm.Apply(x + at, parameters.At(gain), scales[t], normed + at, hidden);
        }
    }

    private void Weights(int layer, int tokens, BlockActivations a, WorkerThreads workers)
    {
        var offsets = parameters.Blocks[layer];
        (OuterProduct Product, int Offset)[] products = [(gateUp, offsets.GateUp), (down, offsets.Down), (queryKeyValue, offsets.QueryKeyValue), (output, offsets.Output)];
        workers.Run(products.Sum(product => product.Product.Tasks) + 2, (task, _) =>
        {
            foreach (var (product, offset) in products)
            {
                if (task < product.Tasks)
                {
                    product.Run(task, tokens, gradients.At(offset));
                    return;
                }

                task -= product.Tasks;
            }

            var (x, scales, dy, gain) = task == 0
                ? ((nint)a.Input, (nint)a.InputScale, (nint)attentionBuffer!.Start, offsets.AttentionNorm)
                : ((nint)a.Middle, (nint)a.MiddleScale, (nint)feedForwardBuffer!.Start, offsets.FeedForwardNorm);
            for (var t = 0; t < tokens; t++)
            {
                RmsNorm.AddGainGradient((float*)x + (nint)t * hidden, ((float*)scales)[t], (float*)dy + (nint)t * hidden, gradients.At(gain), hidden);
            }
        });
    }

    private void Reserve(int tokens, int targets)
    {
        AlignedBuffer.Grow(ref inputBuffer, (long)tokens * hidden);
        AlignedBuffer.Grow(ref attentionBuffer, (long)tokens * hidden);
        AlignedBuffer.Grow(ref feedForwardBuffer, (long)tokens * hidden);
        AlignedBuffer.Grow(ref headBuffer, (long)targets * hidden);
        queryKeyValue.Reserve(tokens);
        output.Reserve(tokens);
        gateUp.Reserve(tokens);
        down.Reserve(tokens);
        head.Reserve(targets);
    }
}

/// <summary>Memory that one worker needs to take a chunk back through a block.</summary>
internal sealed unsafe class BackwardScratch(DecoderSpec model)
{
    private AlignedBuffer? logits, rest, value;

    public CausalAttention RowAttention { get; } = new(model);

    public float* Logits { get; private set; }

    /// <summary>[tokens, feed-forward].</summary>
    public float* Activated { get; private set; }

    /// <summary>[tokens, 2 feed-forward].</summary>
    public float* GateUp { get; private set; }

    /// <summary>[tokens, hidden].</summary>
    public float* Normed { get; private set; }

    /// <summary>[tokens, hidden].</summary>
    public float* Attention { get; private set; }

    /// <summary>[tokens, queries, keys and values].</summary>
    public float* QueryKeyValue { get; private set; }

    public float* Value(int length) => AlignedBuffer.Grow(ref value, length);

    public void Reserve(int tokens, int logitPitch)
    {
        Logits = AlignedBuffer.Grow(ref logits, (long)tokens * logitPitch);
        var (hidden, feedForward) = ((nint)tokens * model.HiddenSize, (nint)tokens * model.FeedForwardSize);
        var width = (nint)tokens * (model.HiddenSize + 2 * model.KeyValueHeads * model.HeadSize);
        Activated = AlignedBuffer.Grow(ref rest, 3 * feedForward + 2 * hidden + width);
        GateUp = Activated + feedForward;
        Normed = GateUp + 2 * feedForward;
        Attention = Normed + hidden;
        QueryKeyValue = Attention + hidden;
    }
}
