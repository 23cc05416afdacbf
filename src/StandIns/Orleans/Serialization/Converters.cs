using System.Collections.Concurrent;
using System.Reflection;

namespace Orleans.Serialization;

/// <summary>Copies types of other libraries by way of their surrogates: those that an <see cref="IConverter{TValue, TSurrogate}"/> with <see cref="RegisterConverterAttribute"/> in any loaded assembly converts.</summary>
internal static class Converters
{
    private static readonly ConcurrentDictionary<Assembly, Dictionary<Type, Type>> Registered = new();
    private static readonly string Self = typeof(Converters).Assembly.GetName().Name!;

    public static Func<object, CopyContext, object>? FindCopier(Type type)
    {
        foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies().Where(assembly => !assembly.IsDynamic && assembly.GetReferencedAssemblies().Any(name => name.Name == Self)))
        {
            if (Registered.GetOrAdd(assembly, Find).TryGetValue(type, out var converter))
            {
                var surrogate = Implemented(converter)!.GetGenericArguments()[1];
                return typeof(Converters).GetMethod(nameof(CopierOf), BindingFlags.Static | BindingFlags.NonPublic)!
                    .MakeGenericMethod(type, surrogate).CreateDelegate<Func<object, Func<object, CopyContext, object>>>()(Activator.CreateInstance(converter)!);
            }
        }

        return null;
    }

    private static Dictionary<Type, Type> Find(Assembly assembly) => assembly.GetTypes()
        .Where(type => type.IsDefined(typeof(RegisterConverterAttribute), inherit: false) && Implemented(type) is not null)
        .ToDictionary(type => Implemented(type)!.GetGenericArguments()[0]);

    private static Type? Implemented(Type type) => type.GetInterfaces().FirstOrDefault(candidate => candidate.IsGenericType && candidate.GetGenericTypeDefinition() == typeof(IConverter<,>));

    private static Func<object, CopyContext, object> CopierOf<TValue, TSurrogate>(object registered)
        where TSurrogate : struct
    {
        var converter = (IConverter<TValue, TSurrogate>)registered;
        return (value, context) =>
        {
            var surrogate = (TSurrogate)context.Copy(converter.ConvertToSurrogate((TValue)value))!;
            return converter.ConvertFromSurrogate(in surrogate)!;
        };
    }
}
