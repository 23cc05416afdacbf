using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Orleans.Runtime;

/// <summary>The one silo: its activations, by grain id, from start to stop of the host.</summary>
internal sealed partial class SiloRuntime : IHostedService
{
    private readonly ConcurrentDictionary<GrainId, Activation> _activations = new();
    private readonly ConcurrentDictionary<CallRequest, byte> _calls = new();
    private readonly SiloMessagingOptions _messaging;
    private ITimer? _collector;
    private volatile Phase _phase = Phase.Created;

    public SiloRuntime(IServiceProvider services, TimeProvider time, ILogger<SiloRuntime> logger, IOptions<SiloMessagingOptions> messaging, IOptions<GrainCollectionOptions> collection)
    {
        Services = services;
        Time = time;
        Log = logger;
        Collection = collection.Value;
        _messaging = messaging.Value;
        References = new(this);
        Factory = new GrainFactory(this);
    }

    private enum Phase
    {
        Created,
        Running,
        Stopping,
        Stopped,
    }

    public IServiceProvider Services { get; }

    public TimeProvider Time { get; }

    public ILogger Log { get; }

    public GrainCollectionOptions Collection { get; }

    public GrainClasses Classes { get; } = new();

    public ReferenceFactory References { get; }

    public GrainFactory Factory { get; }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        LogStarted(Log);
        _phase = Phase.Running;
        _collector = Time.CreateTimer(_ => Collect(), null, Collection.CollectionQuantum, Collection.CollectionQuantum);
        return Task.CompletedTask;
    }

    /// <summary>Deactivates everything; what has not ended when the host loses patience is answered with an error.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _phase = Phase.Stopping;
        _collector?.Dispose();
        foreach (var activation in _activations.Values)
        {
            activation.Deactivate(new(DeactivationReasonCode.ShuttingDown, "This process is terminating."), cancellationToken);
        }

        try
        {
            await Task.WhenAll(_activations.Values.Select(a => a.Deactivated)).WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            LogImpatient(Log, _activations.Count);
        }
        finally
        {
            _phase = Phase.Stopped;
            foreach (var call in _calls.Keys)
            {
                call.Fail(Unavailable());
            }
        }
    }

    public Task<object?> SendAsync(GrainId target, GrainMethod method, object?[] arguments)
    {
        if (_phase is Phase.Created or Phase.Stopped)
        {
            return Task.FromException<object?>(Unavailable());
        }

        var call = new CallRequest(method, arguments);
        if (method.IsOneWay)
        {
            Dispatch(target, call);
            return Task.FromResult<object?>(null);
        }

        _calls[call] = 0;
        _ = call.Response.ContinueWith(_ => _calls.TryRemove(call, out var _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        var timeout = method.ResponseTimeout ?? (Debugger.IsAttached ? _messaging.ResponseTimeoutWithDebugger : _messaging.ResponseTimeout);
        call.StartTimeout(Time, timeout, _messaging.CancelRequestOnTimeout, target);
        Dispatch(target, call);
        return call.Response;
    }

    /// <summary>Hands the request to the grain's activation, which is made if need be.</summary>
    public void Dispatch(GrainId target, Request request)
    {
        try
        {
            while (!GetOrCreate(target).TryReceive(request))
            {
            }
        }
        catch (Exception exception)
        {
            request.Fail(exception);
        }
    }

    public void Remove(Activation activation) => _activations.TryRemove(KeyValuePair.Create(activation.GrainId, activation));

    private Activation GetOrCreate(GrainId id)
    {
        if (_activations.TryGetValue(id, out var existing))
        {
            return existing;
        }

        if (_phase != Phase.Running)
        {
            throw Unavailable();
        }

        var grainClass = Classes.Get(id.Type);
        Orleans.Placement.PlacementCheck.EnsurePlaceable(this, grainClass, id);
        var created = new Activation(this, grainClass, id);
        var winner = _activations.GetOrAdd(id, created);
        if (ReferenceEquals(winner, created))
        {
            created.Start();
        }

        return winner;
    }

    private void Collect()
    {
        foreach (var activation in _activations.Values)
        {
            activation.CollectIfIdle(Collection.ClassSpecificCollectionAge.GetValueOrDefault(activation.Class.Class.FullName!, Collection.CollectionAge));
        }
    }

    private SiloUnavailableException Unavailable() => _phase == Phase.Created
        ? new("The local Orleans host has not started: start the host before calling grains.")
        : new("The local Orleans host is shutting down and can no longer process the request.");

    [LoggerMessage(Level = LogLevel.Information, Message = "Runtime: the single-process stand-in for Orleans. It does no clustering.")]
    private static partial void LogStarted(ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Stopping with {Count} activations that did not end in time.")]
    private static partial void LogImpatient(ILogger logger, int count);
}
