using System.Reflection;
using Orleans.Concurrency;
using Orleans.Serialization;

namespace Orleans.Runtime;

/// <summary>A grain interface with the methods of all interfaces that it extends, numbered.</summary>
internal sealed class GrainInterface
{
    public GrainInterface(Type type)
    {
        Type = type;
        Name = type.GetCustomAttribute<AliasAttribute>()?.Alias ?? type.FullName!;
        Methods = [.. type.GetInterfaces().Prepend(type).SelectMany(i => i.GetMethods(BindingFlags.Instance | BindingFlags.Public)).Select(m => new GrainMethod(m))];
    }

    public Type Type { get; }

    public string Name { get; }

    public IReadOnlyList<GrainMethod> Methods { get; }
}

/// <summary>One method of a grain interface: how it is called and what its attributes allow.</summary>
internal sealed class GrainMethod
{
    private readonly Func<object, Task<object?>> _await;
    private readonly bool _immutableResult;

    public GrainMethod(MethodInfo method)
    {
        Method = method;
        IsOneWay = method.IsDefined(typeof(OneWayAttribute));
        AlwaysInterleave = method.IsDefined(typeof(AlwaysInterleaveAttribute));
        IsReadOnly = method.IsDefined(typeof(ReadOnlyAttribute));
        ResponseTimeout = method.GetCustomAttribute<ResponseTimeoutAttribute>()?.Timeout;
        var parameters = method.GetParameters();
        ImmutableParameters = [.. parameters.Select(p => p.IsDefined(typeof(ImmutableAttribute), inherit: false))];
        CancellationParameter = Array.FindIndex(parameters, p => p.ParameterType == typeof(CancellationToken));
        _immutableResult = method.ReturnParameter.IsDefined(typeof(ImmutableAttribute), inherit: false);
        _await = AwaiterFor(method);
    }

    public MethodInfo Method { get; }

    public bool IsOneWay { get; }

    public bool AlwaysInterleave { get; }

    public bool IsReadOnly { get; }

    public TimeSpan? ResponseTimeout { get; }

    public bool[] ImmutableParameters { get; }

    /// <summary>The index of the cancellation token among the parameters, or -1.</summary>
    public int CancellationParameter { get; }

    /// <summary>Calls the grain and copies its result.</summary>
    public async Task<object?> InvokeAsync(object grain, object?[] arguments)
    {
        var returned = Method.Invoke(grain, BindingFlags.DoNotWrapExceptions, null, arguments, null);
        var result = returned is null ? null : await _await(returned);
        return _immutableResult ? result : DeepCopier.Copy(result);
    }

    public override string ToString() => $"{Method.DeclaringType!.Name}.{Method.Name}";

    private static Func<object, Task<object?>> AwaiterFor(MethodInfo method)
    {
        var type = method.ReturnType;
        if (method.IsGenericMethod || method.GetParameters().Any(p => p.ParameterType.IsByRef))
        {
            throw new NotSupportedException($"{method.DeclaringType}.{method.Name}: generic methods and by-reference parameters are not supported by this runtime.");
        }

        if (type == typeof(Task))
        {
            return static async task => { await (Task)task; return null; };
        }

        if (type == typeof(ValueTask))
        {
            return static async task => { await (ValueTask)task; return null; };
        }

        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        var name = definition == typeof(Task<>) ? nameof(AwaitTask) : definition == typeof(ValueTask<>) ? nameof(AwaitValueTask)
            : throw new NotSupportedException($"{method.DeclaringType}.{method.Name} returns {type}; grain methods return Task, Task<T>, ValueTask or ValueTask<T>.");
        return typeof(GrainMethod).GetMethod(name, BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(type.GetGenericArguments()).CreateDelegate<Func<object, Task<object?>>>();
    }

    private static async Task<object?> AwaitTask<T>(object task) => await (Task<T>)task;

    private static async Task<object?> AwaitValueTask<T>(object task) => await (ValueTask<T>)task;
}
