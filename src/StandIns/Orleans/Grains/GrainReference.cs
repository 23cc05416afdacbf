using Orleans.Serialization;

namespace Orleans.Runtime;

/// <summary>Points at a grain, whether or not it is active. What <see cref="IGrainFactory"/> returns is an emitted subclass that implements the grain interface.</summary>
public class GrainReference : IAddressable, IEquatable<GrainReference>
{
    private readonly GrainInterface _interface;
    private readonly SiloRuntime _silo;

    internal GrainReference(SiloRuntime silo, GrainInterface grainInterface, GrainId grainId)
    {
        _silo = silo;
        _interface = grainInterface;
        GrainId = grainId;
    }

    public GrainId GrainId { get; }

    public virtual string InterfaceName => _interface.Name;

    public virtual TGrainInterface Cast<TGrainInterface>()
        where TGrainInterface : IAddressable => (TGrainInterface)Cast(typeof(TGrainInterface));

    public bool Equals(GrainReference? other) => other is not null && GrainId == other.GrainId;

    public override bool Equals(object? obj) => Equals(obj as GrainReference);

    public override int GetHashCode() => GrainId.GetHashCode();

    public sealed override string ToString() => $"GrainReference:{GrainId}:{_interface.Name}";

    public static bool operator ==(GrainReference? reference1, GrainReference? reference2) => reference1 is null ? reference2 is null : reference1.Equals(reference2);

    public static bool operator !=(GrainReference? reference1, GrainReference? reference2) => !(reference1 == reference2);

    internal object Cast(Type type) => type.IsInstanceOfType(this) ? this : _silo.References.Create(type, GrainId);

    internal Task CallTask(int slot, object?[] arguments) => Send(slot, arguments);

    internal async Task<T> CallTaskOf<T>(int slot, object?[] arguments) => (T)(await Send(slot, arguments).ConfigureAwait(false))!;

    internal ValueTask CallValueTask(int slot, object?[] arguments) => new(Send(slot, arguments));

    internal ValueTask<T> CallValueTaskOf<T>(int slot, object?[] arguments) => new(CallTaskOf<T>(slot, arguments));

    /// <summary>Copies the arguments at once, on the caller's side, so that what the caller does to them later is its own affair.</summary>
    private Task<object?> Send(int slot, object?[] arguments)
    {
        var method = _interface.Methods[slot];
        var context = new CopyContext();
        for (var i = 0; i < arguments.Length; i++)
        {
            if (!method.ImmutableParameters[i])
            {
                arguments[i] = context.Copy(arguments[i]);
            }
        }

        return _silo.SendAsync(GrainId, method, arguments);
    }
}
