using System.Reflection;
using Crescent.Abstractions.Experiments;
using Crescent.Abstractions.Runs;
using Crescent.Storage.Jobs;
using Orleans;

namespace Crescent.Benchmarks.Orchestration;

/// <summary>A run without an experiment: takes in what its job tells, and acknowledges it. Key: the run's id.</summary>
[Alias("crescent.bench.sink")]
public interface ISinkGrain : IGrainWithStringKey
{
    [Alias("deliver")]
    Task DeliverAsync(CancellationToken cancellation = default);
}

[GrainType("bench-sink")]
public sealed class SinkGrain(IJobQueue jobs, DeliveryCount count) : Grain, ISinkGrain
{
    public async Task DeliverAsync(CancellationToken cancellation = default)
    {
        var run = this.GetPrimaryKeyString();
        if (await jobs.ReadDeliveryAsync(run, cancellation) is { Outcomes: [.., var last] })
        {
            await jobs.AcknowledgeAsync(run, last.Sequence, failure: false, cancellation);
            count.Add();
        }
    }
}

/// <summary>Waits until so many have arrived.</summary>
public sealed class DeliveryCount
{
    private TaskCompletionSource done = new();
    private int rest;

    /// <summary>To be called before the first arrives.</summary>
    public Task Expect(int count)
    {
        done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref rest, count);
        return done.Task;
    }

    public void Add()
    {
        if (Interlocked.Decrement(ref rest) == 0)
        {
            done.SetResult();
        }
    }
}

/// <summary>Gives the control loop sinks where it asks for runs, and experiments that have nothing to do.</summary>
public class SinkFactory : DispatchProxy
{
    private IGrainFactory? inner;

    public static IGrainFactory Around(IGrainFactory inner)
    {
        var factory = Create<IGrainFactory, SinkFactory>();
        ((SinkFactory)(object)factory).inner = inner;
        return factory;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.GetGenericArguments() switch
    {
        [var type] when type == typeof(IRunGrain) => Answering<IRunGrain>(inner!.GetGrain<ISinkGrain>((string)args![0]!)),
        [var type] when type == typeof(IExperimentGrain) => Answering<IExperimentGrain>(null),
        _ => targetMethod.Invoke(inner, args),
    };

    private static TGrain Answering<TGrain>(ISinkGrain? sink)
        where TGrain : class
    {
        var grain = Create<TGrain, Answer>();
        ((Answer)(object)grain).Sink = sink;
        return grain;
    }
}

/// <summary>A grain's reference that delivers to a sink whatever it is asked, or does nothing.</summary>
public class Answer : DispatchProxy
{
    public ISinkGrain? Sink { get; set; }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => Sink?.DeliverAsync() ?? Task.CompletedTask;
}
