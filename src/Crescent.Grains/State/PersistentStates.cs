using Orleans.Runtime;

namespace Crescent.Grains.State;

internal static class PersistentStates
{
    /// <summary>Stores the next state; a failed write leaves the grain with the one that is stored.</summary>
    public static async Task WriteAsync<T>(this IPersistentState<T> record, T next)
    {
        var before = record.State;
        record.State = next;
        try
        {
            await record.WriteStateAsync();
        }
        catch
        {
            record.State = before;
            throw;
        }
    }
}
