using System.Reflection;

namespace Crescent.Chaos.Faults;

/// <summary>Stands before a store and lets the injector act before and after every call, whatever methods the store has.</summary>
public class FaultyStore : DispatchProxy
{
    private static readonly MethodInfo Typed = typeof(FaultyStore).GetMethod(nameof(CallTypedAsync), BindingFlags.Instance | BindingFlags.NonPublic)!;
    private object inner = null!;
    private string store = "";
    private FaultInjector faults = null!;
    private Journal journal = null!;

    internal static T Around<T>(T inner, FaultInjector faults, Journal journal)
        where T : class
    {
        var proxy = Create<T, FaultyStore>();
        var self = (FaultyStore)(object)proxy;
        (self.inner, self.store, self.faults, self.journal) = (inner, typeof(T).Name, faults, journal);
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        ArgumentNullException.ThrowIfNull(targetMethod);
        if (targetMethod.ReturnType == typeof(Task))
        {
            return CallAsync(targetMethod, args);
        }

        return targetMethod.ReturnType.IsGenericType && targetMethod.ReturnType.GetGenericTypeDefinition() == typeof(Task<>)
            ? Typed.MakeGenericMethod(targetMethod.ReturnType.GetGenericArguments()).Invoke(this, BindingFlags.DoNotWrapExceptions, null, [targetMethod, args], null)
            : Call(targetMethod, args);
    }

    private async Task CallAsync(MethodInfo method, object?[]? args)
    {
        var begun = await BeginAsync(method);
        await (Task)Call(method, args)!;
        End(method, args, null, begun);
    }

    private async Task<T> CallTypedAsync<T>(MethodInfo method, object?[]? args)
    {
        var begun = await BeginAsync(method);
        var result = await (Task<T>)Call(method, args)!;
        End(method, args, result, begun);
        return result;
    }

    /// <summary>A blob is written by the caller's thread, so that one waits without giving up its thread.</summary>
    private async Task<long> BeginAsync(MethodInfo method)
    {
        var delay = faults.Delay(store);
        if (delay > TimeSpan.Zero && store == "IBlobStore")
        {
            Thread.Sleep(delay);
        }
        else if (delay > TimeSpan.Zero)
        {
            await Task.Delay(delay);
        }

        faults.Before(store, method.Name);
        return TimeProvider.System.GetTimestamp();
    }

    private void End(MethodInfo method, object?[]? args, object? result, long begun)
    {
        faults.After(store, method.Name);
        journal.Note(method.Name, args, result, begun);
    }

    private object? Call(MethodInfo method, object?[]? args) => method.Invoke(inner, BindingFlags.DoNotWrapExceptions, null, args, null);
}
