using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace Orleans.Runtime;

/// <summary>One activation: the grain object, its request queue and its turns. A request starts when nothing that it may not interleave with is running; deactivation waits until nothing runs.</summary>
internal sealed partial class Activation : IGrainContext
{
    [ThreadStatic]
    private static Activation? _current;

    private readonly Lock _gate = new();
    private readonly List<Request> _waiting = [];
    private readonly HashSet<Request> _running = [];
    private readonly List<Func<CancellationToken, Task>> _loadState = [];
    private readonly List<GrainTimer> _timers = [];
    private readonly TaskCompletionSource _deactivated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ActivationScheduler _scheduler;
    private readonly AsyncServiceScope _scope;
    private readonly ILogger _logger;

    private Request? _blocking;
    private Phase _phase = Phase.Creating;
    private DeactivationReason? _reason;
    private DateTimeOffset _lastUsed;
    private DateTimeOffset _keepUntil;

    public Activation(SiloRuntime silo, GrainClass grainClass, GrainId grainId)
    {
        Silo = silo;
        Class = grainClass;
        GrainId = grainId;
        GrainReference = silo.References.Create(typeof(IGrain), grainId);
        _scope = silo.Services.CreateAsyncScope();
        _scheduler = new(this);
        _logger = silo.Log;
        _lastUsed = silo.Time.GetUtcNow();
    }

    private enum Phase
    {
        Creating,
        Valid,
        Deactivating,
        Closing,
        Gone,
    }

    /// <summary>The activation whose turn runs on this thread.</summary>
    public static Activation? Current
    {
        get => _current;
        internal set => _current = value;
    }

    public SiloRuntime Silo { get; }

    public GrainClass Class { get; }

    public GrainId GrainId { get; }

    public GrainReference GrainReference { get; }

    public object? GrainInstance { get; private set; }

    public IServiceProvider ActivationServices => _scope.ServiceProvider;

    public Task Deactivated => _deactivated.Task;

    public static Activation Of(IGrainContext? context) =>
        context as Activation ?? throw new InvalidOperationException("Grain was created outside of the Orleans creation process and no runtime was specified.");

    public bool Equals(IGrainContext? other) => ReferenceEquals(this, other);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => GrainId.GetHashCode();

    public void Start() => _scheduler.Run(() => _ = ActivateAsync());

    /// <summary>Queues a request; false when the activation is gone and the request belongs to the next one.</summary>
    public bool TryReceive(Request request)
    {
        lock (_gate)
        {
            if (_phase == Phase.Gone)
            {
                return false;
            }

            _waiting.Add(request);
            if (request.KeepsAlive)
            {
                _lastUsed = Silo.Time.GetUtcNow();
            }
        }

        _scheduler.Run(Pump);
        return true;
    }

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (_reason is not null)
            {
                return;
            }

            _reason = deactivationReason;
            if (_phase == Phase.Valid)
            {
                _phase = Phase.Deactivating;
            }
        }

        _scheduler.Run(Pump);
    }

    /// <summary>A request let this exception escape. A storage conflict of this activation's own deactivates it, once.</summary>
    public void OnFault(Exception exception)
    {
        if (exception is InconsistentStateException { IsSourceActivation: true } conflict)
        {
            conflict.IsSourceActivation = false;
            LogConflict(_logger, GrainId, exception);
            Deactivate(new(DeactivationReasonCode.ApplicationError, exception, "The stored state is not the one that this activation read."));
        }
    }

    public void DelayDeactivation(TimeSpan time)
    {
        lock (_gate)
        {
            var now = Silo.Time.GetUtcNow();
            _keepUntil = time <= TimeSpan.Zero ? now : time >= DateTimeOffset.MaxValue - now ? DateTimeOffset.MaxValue : now + time;
        }
    }

    public void CollectIfIdle(TimeSpan age)
    {
        lock (_gate)
        {
            var now = Silo.Time.GetUtcNow();
            if (_phase != Phase.Valid || Class.KeepAlive || _running.Count > 0 || _waiting.Count > 0 || now < _keepUntil || now - _lastUsed < age)
            {
                return;
            }
        }

        Deactivate(new(DeactivationReasonCode.ActivationIdle, $"Idle for {age} or more."));
    }

    public IGrainTimer AddTimer(Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        if (!ReferenceEquals(Current, this))
        {
            throw new InvalidOperationException("A grain timer is registered from the grain's own turns; this code runs outside of them.");
        }

        var timer = new GrainTimer(this, callback, options, _logger);
        lock (_gate)
        {
            _timers.RemoveAll(t => t.IsDisposed);
            _timers.Add(timer);
        }

        timer.Change(options.DueTime, options.Period);
        return timer;
    }

    /// <summary>State facets read their record before the grain is activated.</summary>
    public void BeforeActivation(Func<CancellationToken, Task> load) => _loadState.Add(load);

    private async Task ActivateAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(Silo.Collection.ActivationTimeout, Silo.Time);
            GrainInstance = Class.CreateInstance(this);
            foreach (var load in _loadState)
            {
                await load(limit.Token).WaitAsync(limit.Token);
            }

            if (GrainInstance is IGrainBase grain)
            {
                await grain.OnActivateAsync(limit.Token).WaitAsync(limit.Token);
            }
        }
        catch (Exception exception)
        {
            LogActivationFailed(_logger, GrainId, exception);
            await FinishAsync(exception);
            return;
        }

        lock (_gate)
        {
            _phase = _reason is null ? Phase.Valid : Phase.Deactivating;
            _lastUsed = Silo.Time.GetUtcNow();
        }

        Pump();
    }

    /// <summary>Starts every queued request that may start now; runs in a turn.</summary>
    private void Pump()
    {
        while (Next() is { } request)
        {
            _ = ServeAsync(request);
        }
    }

    private Request? Next()
    {
        lock (_gate)
        {
            if (_phase == Phase.Deactivating && _running.Count == 0)
            {
                _phase = Phase.Closing;
                _scheduler.Run(() => _ = DeactivateAsync());
                return null;
            }

            var index = _phase == Phase.Valid ? _waiting.FindIndex(MayStart) : -1;
            if (index < 0)
            {
                return null;
            }

            var request = _waiting[index];
            _waiting.RemoveAt(index);
            _running.Add(request);
            if (_blocking is null && !request.AlwaysInterleave)
            {
                _blocking = request;
            }

            return request;
        }
    }

    private bool MayStart(Request request) =>
        _running.Count == 0 || request.AlwaysInterleave || _blocking is null || (_blocking.IsReadOnly && request.IsReadOnly) || Class.IsReentrant;

    private async Task ServeAsync(Request request)
    {
        if (!request.IsExpired)
        {
            await request.ServeAsync(this);
        }

        lock (_gate)
        {
            _running.Remove(request);
            if (ReferenceEquals(_blocking, request))
            {
                _blocking = null;
            }

            if (request.KeepsAlive)
            {
                _lastUsed = Silo.Time.GetUtcNow();
            }
        }

        _scheduler.Run(Pump);
    }

    private async Task DeactivateAsync()
    {
        StopTimers();
        if (GrainInstance is IGrainBase grain)
        {
            using var limit = new CancellationTokenSource(Silo.Collection.DeactivationTimeout, Silo.Time);
            try
            {
                await grain.OnDeactivateAsync(_reason!.Value, limit.Token).WaitAsync(limit.Token);
            }
            catch (Exception exception)
            {
                LogDeactivationFailed(_logger, GrainId, exception);
            }
        }

        await FinishAsync(null);
    }

    /// <summary>Leaves the directory. Queued requests fail with the activation's failure, or move on to the next activation.</summary>
    private async Task FinishAsync(Exception? failure)
    {
        List<Request> left;
        lock (_gate)
        {
            _phase = Phase.Gone;
            left = [.. _waiting];
            _waiting.Clear();
        }

        StopTimers();
        Silo.Remove(this);
        foreach (var request in left)
        {
            if (failure is not null)
            {
                request.Fail(failure);
            }
            else
            {
                Silo.Dispatch(GrainId, request);
            }
        }

        try
        {
            if (GrainInstance is IAsyncDisposable asyncDisposable)
            {
                await asyncDisposable.DisposeAsync();
            }
            else if (GrainInstance is IDisposable disposable)
            {
                disposable.Dispose();
            }

            await _scope.DisposeAsync();
        }
        catch (Exception exception)
        {
            LogDeactivationFailed(_logger, GrainId, exception);
        }

        _deactivated.TrySetResult();
    }

    private void StopTimers()
    {
        lock (_gate)
        {
            _timers.ForEach(t => t.Dispose());
            _timers.Clear();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Deactivating {GrainId}: it let a storage conflict escape.")]
    private static partial void LogConflict(ILogger logger, GrainId grainId, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Activation of {GrainId} failed.")]
    private static partial void LogActivationFailed(ILogger logger, GrainId grainId, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{GrainId} threw while it was deactivated.")]
    private static partial void LogDeactivationFailed(ILogger logger, GrainId grainId, Exception exception);
}
