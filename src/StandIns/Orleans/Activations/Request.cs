using Orleans.Serialization;

namespace Orleans.Runtime;

/// <summary>Something an activation is to do in a turn: a call, or a tick of one of its timers.</summary>
internal abstract class Request
{
    public virtual bool AlwaysInterleave => false;

    public virtual bool IsReadOnly => false;

    /// <summary>Whether serving it makes the activation count as used.</summary>
    public virtual bool KeepsAlive => true;

    /// <summary>No one waits for it any more: it is dropped instead of started.</summary>
    public virtual bool IsExpired => false;

    /// <summary>Serves the request and answers it; never throws.</summary>
    public abstract Task ServeAsync(Activation activation);

    public abstract void Fail(Exception exception);
}

/// <summary>A call of a grain method, with its arguments already copied.</summary>
#pragma warning disable CA1001 // A cancellation source without timer or wait handle holds nothing to dispose of, and the callee may use its token after the call.
internal sealed class CallRequest : Request
#pragma warning restore CA1001
{
    private readonly TaskCompletionSource<object?> _response = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly GrainMethod _method;
    private readonly object?[] _arguments;
    private readonly CancellationToken _callerToken;
    private readonly CancellationTokenSource? _cancellation;
    private readonly CancellationTokenRegistration _registration;
    private ITimer? _timeout;

    public CallRequest(GrainMethod method, object?[] arguments)
    {
        _method = method;
        _arguments = arguments;
        if (method.CancellationParameter < 0 || arguments[method.CancellationParameter] is not CancellationToken { CanBeCanceled: true } token)
        {
            return;
        }

        _callerToken = token;
        _cancellation = new();
        _arguments[method.CancellationParameter] = _cancellation.Token;
        _registration = token.UnsafeRegister(static state => ((CallRequest)state!).Cancel(), this);
    }

    public override bool AlwaysInterleave => _method.AlwaysInterleave;

    public override bool IsReadOnly => _method.IsReadOnly;

    public override bool IsExpired => _response.Task.IsCompleted && !_method.IsOneWay;

    public Task<object?> Response => _response.Task;

    /// <summary>Ends the caller's wait after the given time; the callee is told only if asked, and runs on either way.</summary>
    public void StartTimeout(TimeProvider time, TimeSpan timeout, bool cancelCallee, GrainId target)
    {
        _timeout = time.CreateTimer(
            _ =>
            {
                if (_response.TrySetException(new TimeoutException($"Response did not arrive on time in {timeout} for message: {_method} to {target}.")) && cancelCallee)
                {
                    _cancellation?.Cancel();
                }

                Release();
            },
            null,
            timeout,
            Timeout.InfiniteTimeSpan);
        if (_response.Task.IsCompleted)
        {
            Release();
        }
    }

    public override async Task ServeAsync(Activation activation)
    {
        try
        {
            var result = await _method.InvokeAsync(activation.GrainInstance!, _arguments);
            _response.TrySetResult(result);
            Release();
        }
        catch (Exception exception)
        {
            activation.OnFault(exception);
            Fail(exception);
        }
    }

    public override void Fail(Exception exception)
    {
        _response.TrySetException((Exception)DeepCopier.Copy(exception)!);
        Release();
    }

    private void Cancel()
    {
        _response.TrySetCanceled(_callerToken);
        _cancellation!.Cancel();
        Release();
    }

    private void Release()
    {
        _timeout?.Dispose();
        _registration.Unregister();
    }
}
