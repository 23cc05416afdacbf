namespace Crescent.Kernels.Engines.Cpu;

/// <summary>Consecutive whole rows that one worker takes through the model at a time.</summary>
internal readonly record struct RowChunk(int FirstRow, int EndRow, int FirstToken, int EndToken, int FirstTarget, int EndTarget)
{
    public int Tokens => EndToken - FirstToken;

    public int Targets => EndTarget - FirstTarget;
}

/// <summary>A batch that has been checked, cut into chunks, and chunks into blocks (what the backward pass holds gradients of at a time). The cut never changes results.</summary>
internal sealed class BatchPlan
{
    private const int ChunkTokens = 128;
    private const int BlockTokens = 1024;

    public BatchPlan(TokenBatch batch, int vocabulary, int maxPositions)
    {
        Check(batch, vocabulary, maxPositions);
        Batch = batch;
        Chunks = Cut(batch);
        MaxChunkTokens = Chunks.Max(chunk => chunk.Tokens);
        MaxChunkTargets = Chunks.Max(chunk => chunk.Targets);
        Blocks = Gather(Chunks);
    }

    public TokenBatch Batch { get; }

    public IReadOnlyList<RowChunk> Chunks { get; }

    /// <summary>Ranges of chunks.</summary>
    public IReadOnlyList<(int First, int End)> Blocks { get; }

    public int MaxChunkTokens { get; }

    public int MaxChunkTargets { get; }

    private static List<RowChunk> Cut(TokenBatch batch)
    {
        List<RowChunk> chunks = [];
        var (row, target) = (0, 0);
        while (row < batch.Rows)
        {
            var (firstRow, firstTarget, firstToken) = (row, target, batch.Offsets[row]);
            row++;
            while (row < batch.Rows && batch.Offsets[row + 1] - firstToken <= ChunkTokens)
            {
                row++;
            }

            while (target < batch.Targets.Length && batch.Targets[target] < batch.Offsets[row])
            {
                target++;
            }

            chunks.Add(new RowChunk(firstRow, row, firstToken, batch.Offsets[row], firstTarget, target));
        }

        return chunks;
    }

    private static List<(int, int)> Gather(IReadOnlyList<RowChunk> chunks)
    {
        List<(int, int)> blocks = [];
        var first = 0;
        for (var end = 1; end <= chunks.Count; end++)
        {
            if (end == chunks.Count || chunks[end].EndToken - chunks[first].FirstToken > BlockTokens)
            {
                blocks.Add((first, end));
                first = end;
            }
        }

        return blocks;
    }

    private static void Check(TokenBatch batch, int vocabulary, int maxPositions)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var (tokens, offsets, targets) = (batch.Tokens, batch.Offsets, batch.Targets);
        Require(offsets.Length >= 2 && offsets[0] == 0 && offsets[^1] == tokens.Length, $"offsets must start at 0 and end at the number of tokens, with at least one row");
        for (var row = 0; row < batch.Rows; row++)
        {
            var length = offsets[row + 1] - offsets[row];
            Require(length >= 1, $"row {row} has no tokens; leave empty rows out");
            Require(length <= maxPositions, $"row {row} has {length} tokens, the model takes {maxPositions}; shorten it or raise maxPositions");
        }

        CheckTokens(tokens, vocabulary);
        var current = 0;
        for (var i = 0; i < targets.Length; i++)
        {
            Require(targets[i] > (i == 0 ? 0 : targets[i - 1]) && targets[i] < tokens.Length, $"target {i} is {targets[i]}; targets must rise and be indices of tokens");
            while (offsets[current + 1] <= targets[i])
            {
                current++;
            }

            Require(offsets[current] != targets[i], $"target {i} is the first token of row {current}, which nothing predicts");
        }
    }

    /// <exception cref="CrescentException"><c>batch-invalid</c>: a token outside the vocabulary.</exception>
    public static void CheckTokens(ReadOnlySpan<int> tokens, int vocabulary)
    {
        for (var i = 0; i < tokens.Length; i++)
        {
            Require((uint)tokens[i] < (uint)vocabulary, $"token {i} is {tokens[i]}, the vocabulary has {vocabulary}");
        }
    }

    private static void Require(bool condition, FormattableString message)
    {
        if (!condition)
        {
            throw new CrescentException("batch-invalid", $"The batch is invalid: {FormattableString.Invariant(message)}.");
        }
    }
}
