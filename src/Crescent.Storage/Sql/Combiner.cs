namespace Crescent.Storage.Sql;

/// <summary>
/// Runs calls that come while an earlier one is under way together, as one: the busier it is, the less each costs, and a call that comes alone waits for nobody. One batch is under way at a time.
/// A batch that fails is run again, each call by itself, so that one call's error is no other's; calls must therefore be repeatable.
/// </summary>
/// <param name="run">Answers in the order of the calls.</param>
internal sealed class Combiner<TCall, TAnswer>(Func<IReadOnlyList<TCall>, Task<IReadOnlyList<TAnswer>>> run, int limit)
{
    private readonly Lock gate = new();
    private readonly Queue<(TCall Call, TaskCompletionSource<TAnswer> Answer)> waiting = [];
    private bool busy;

    public Task<TAnswer> RunAsync(TCall call)
    {
        var answer = new TaskCompletionSource<TAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            waiting.Enqueue((call, answer));
            if (busy)
            {
                return answer.Task;
            }

            busy = true;
        }

        // Off the caller's scheduler, which may be a grain's.
        _ = Task.Run(WorkAsync);
        return answer.Task;
    }

    private async Task WorkAsync()
    {
        while (Take() is { Count: > 0 } batch)
        {
            if (!await TryAsync(batch, last: batch.Count == 1))
            {
                foreach (var single in batch)
                {
                    await TryAsync([single], last: true);
                }
            }
        }
    }

    private List<(TCall Call, TaskCompletionSource<TAnswer> Answer)> Take()
    {
        lock (gate)
        {
            var batch = new List<(TCall, TaskCompletionSource<TAnswer>)>(Math.Min(limit, waiting.Count));
            while (batch.Count < limit && waiting.TryDequeue(out var next))
            {
                batch.Add(next);
            }

            busy = batch.Count > 0;
            return batch;
        }
    }

    private async Task<bool> TryAsync(List<(TCall Call, TaskCompletionSource<TAnswer> Answer)> batch, bool last)
    {
        try
        {
            var answers = await run([.. batch.Select(entry => entry.Call)]);
            for (var i = 0; i < batch.Count; i++)
            {
                batch[i].Answer.SetResult(answers[i]);
            }

            return true;
        }
        catch (Exception e) when (last)
        {
            batch.ForEach(entry => entry.Answer.SetException(e));
            return true;
        }
        catch (Exception)
        {
            // Each by itself then: the caller whose call it was hears of it.
            return false;
        }
    }
}
