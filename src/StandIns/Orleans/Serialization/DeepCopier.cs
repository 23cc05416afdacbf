using System.Collections.Concurrent;
using System.Reflection;
using Orleans.Runtime;

namespace Orleans.Serialization;

/// <summary>
/// Copies what crosses a grain call: built-in types, <see cref="GenerateSerializerAttribute"/> types member by member, <see cref="ImmutableAttribute"/> ones by reference.
/// A type that Orleans could not send to another silo is refused here too, although it never leaves the process, so that nothing works on one silo and fails on two.
/// </summary>
internal static class DeepCopier
{
    private static readonly ConcurrentDictionary<Type, Func<object, CopyContext, object>> Copiers = new();

    public static object? Copy(object? value) => Copy(value, new CopyContext());

    public static object? Copy(object? value, CopyContext context)
    {
        if (value is null)
        {
            return null;
        }

        var type = value.GetType();
        if (BuiltInTypes.IsShallow(type))
        {
            return value;
        }

        if (type.IsValueType)
        {
            return Find(type)(value, context);
        }

        if (context.TryGetCopy(value, out var copy))
        {
            return copy;
        }

        copy = Find(type)(value, context);
        context.Record(value, copy);
        return copy;
    }

    private static Func<object, CopyContext, object> Find(Type type) => Copiers.GetOrAdd(type, static type => Create(type));

    private static Func<object, CopyContext, object> Create(Type type)
    {
        if (typeof(GrainReference).IsAssignableFrom(type))
        {
            return static (value, _) => value;
        }

        if (Converters.FindCopier(type) is { } converted)
        {
            return converted;
        }

        if (typeof(Exception).IsAssignableFrom(type))
        {
            return ExceptionCopier.Copy;
        }

        if (type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false))
        {
            return type.IsDefined(typeof(ImmutableAttribute), inherit: false) ? static (value, _) => value : MemberCopier.For(type);
        }

        return BuiltInTypes.FindCopier(type)
            ?? throw new CodecNotFoundException(
                $"Could not find a copier for type {type}. Mark it with [GenerateSerializer] and its members with [Id], or pass a built-in type (a List or an array, say, not a query or a collection expression typed as an interface).");
    }
}
