using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.Serialization;

namespace Orleans.Serialization;

/// <summary>
/// Copies an exception as if it came from another silo: same type, message, stack trace, inner exceptions, HResult and data. Members of derived types survive only with <see cref="IdAttribute"/>
/// on a <see cref="GenerateSerializerAttribute"/> type, or where the type writes them itself (<see cref="ISerializable"/>, as the platform's own do); no constructor of the type's own runs.
/// </summary>
internal static class ExceptionCopier
{
#pragma warning disable SYSLIB0050, SYSLIB0051 // Orleans itself builds exceptions through the serialization constructors.
    private static readonly ConstructorInfo BaseConstructor = SerializationConstructor(typeof(Exception))!;

    public static object Copy(object value, CopyContext context)
    {
        var original = (Exception)value;
        if (original is AggregateException aggregate)
        {
            return new AggregateException(aggregate.Message, aggregate.InnerExceptions.Select(inner => (Exception)context.Copy(inner)!));
        }

        var type = original.GetType();
        var numbered = type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false);
        var constructor = numbered ? BaseConstructor : SerializationConstructor(type) ?? BaseConstructor;
        var copy = (Exception)RuntimeHelpers.GetUninitializedObject(type);
        constructor.Invoke(copy, [InfoOf(original, context), new StreamingContext(StreamingContextStates.All)]);
        if (numbered)
        {
            MemberCopier.CopyNumbered(original, copy, context);
        }

        foreach (System.Collections.DictionaryEntry entry in original.Data)
        {
            copy.Data[context.Copy(entry.Key)!] = context.Copy(entry.Value);
        }

        if (original.StackTrace is { } stackTrace)
        {
            ExceptionDispatchInfo.SetRemoteStackTrace(copy, stackTrace);
        }

        return copy;
    }

    private static SerializationInfo InfoOf(Exception original, CopyContext context)
    {
        var written = new SerializationInfo(original.GetType(), new FormatterConverter());
        original.GetObjectData(written, new StreamingContext(StreamingContextStates.All));
        var info = new SerializationInfo(original.GetType(), new FormatterConverter());
        foreach (var entry in written)
        {
            object? carried = entry.Name switch
            {
                "InnerException" => context.Copy(original.InnerException),
                "Data" or "StackTraceString" or "RemoteStackTraceString" or "WatsonBuckets" => null,
                _ => entry.Value,
            };
            info.AddValue(entry.Name, carried, entry.ObjectType);
        }

        return info;
    }

    private static ConstructorInfo? SerializationConstructor(Type type) =>
        type.GetConstructor(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, [typeof(SerializationInfo), typeof(StreamingContext)]);
#pragma warning restore SYSLIB0050, SYSLIB0051
}
