using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Collections.Specialized;
using System.Globalization;
using System.Net;
using System.Numerics;
using System.Reflection;

namespace Orleans.Serialization;

/// <summary>The types that Orleans carries without being told to.</summary>
internal static class BuiltInTypes
{
    private static readonly HashSet<Type> ShallowTypes =
    [
        typeof(object), typeof(string), typeof(decimal), typeof(DateTime), typeof(DateOnly), typeof(TimeOnly), typeof(DateTimeOffset), typeof(TimeSpan), typeof(Guid), typeof(Uri), typeof(Version),
        typeof(IPAddress), typeof(IPEndPoint), typeof(CancellationToken), typeof(BitVector32), typeof(CultureInfo), typeof(CompareInfo), typeof(Int128), typeof(UInt128), typeof(BigInteger), typeof(Half),
    ];

    private static readonly Dictionary<Type, string> Generics = new()
    {
        [typeof(List<>)] = nameof(CopyList),
        [typeof(HashSet<>)] = nameof(CopyHashSet),
        [typeof(Queue<>)] = nameof(CopyQueue),
        [typeof(Stack<>)] = nameof(CopyStack),
        [typeof(SortedSet<>)] = nameof(CopySortedSet),
        [typeof(Dictionary<,>)] = nameof(CopyDictionary),
        [typeof(SortedDictionary<,>)] = nameof(CopySortedDictionary),
        [typeof(SortedList<,>)] = nameof(CopySortedList),
        [typeof(ConcurrentDictionary<,>)] = nameof(CopyConcurrentDictionary),
        [typeof(ConcurrentQueue<>)] = nameof(CopyConcurrentQueue),
        [typeof(Collection<>)] = nameof(CopyCollection),
        [typeof(ReadOnlyCollection<>)] = nameof(CopyReadOnlyCollection),
        [typeof(ReadOnlyDictionary<,>)] = nameof(CopyReadOnlyDictionary),
        [typeof(ImmutableArray<>)] = nameof(CopyImmutableArray),
        [typeof(ImmutableList<>)] = nameof(CopyImmutableList),
        [typeof(ImmutableHashSet<>)] = nameof(CopyImmutableHashSet),
        [typeof(ImmutableQueue<>)] = nameof(CopyImmutableQueue),
        [typeof(ImmutableSortedSet<>)] = nameof(CopyImmutableSortedSet),
        [typeof(ImmutableDictionary<,>)] = nameof(CopyImmutableDictionary),
        [typeof(ImmutableSortedDictionary<,>)] = nameof(CopyImmutableSortedDictionary),
        [typeof(KeyValuePair<,>)] = nameof(CopyPair),
    };

    public static bool IsShallow(Type type) => type.IsPrimitive || type.IsEnum || ShallowTypes.Contains(type) || typeof(Type).IsAssignableFrom(type);

    public static Func<object, CopyContext, object>? FindCopier(Type type)
    {
        if (type.IsArray)
        {
            return IsShallow(type.GetElementType()!) ? static (value, _) => ((Array)value).Clone() : CopyArray;
        }

        if (!type.IsGenericType)
        {
            return null;
        }

        var definition = type.GetGenericTypeDefinition();
        if (typeof(System.Runtime.CompilerServices.ITuple).IsAssignableFrom(type) && definition.Namespace == "System")
        {
            return (value, context) => CopyTuple(type, value, context);
        }

        if (!Generics.TryGetValue(definition, out var name))
        {
            return null;
        }

        var method = typeof(BuiltInTypes).GetMethod(name, BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(type.GetGenericArguments());
        return method.CreateDelegate<Func<object, CopyContext, object>>();
    }

    private static Array CopyArray(object value, CopyContext context)
    {
        var source = (Array)value;
        var copy = (Array)source.Clone();
        context.Record(value, copy);
        var index = new int[source.Rank];
        foreach (var element in source)
        {
            copy.SetValue(context.Copy(element), Enumerable.Range(0, source.Rank).Select(d => index[d] + source.GetLowerBound(d)).ToArray());
            for (var d = source.Rank - 1; d >= 0 && ++index[d] == source.GetLength(d); d--)
            {
                index[d] = 0;
            }
        }

        return copy;
    }

    private static object CopyTuple(Type type, object value, CopyContext context)
    {
        var fields = type.IsValueType ? type.GetFields(BindingFlags.Instance | BindingFlags.Public).Select(f => f.GetValue(value)) : type.GetProperties().Where(p => p.GetIndexParameters().Length == 0).Select(p => p.GetValue(value));
        return Activator.CreateInstance(type, [.. fields.Select(context.Copy)])!;
    }

    private static IEnumerable<T> Each<T>(IEnumerable<T> source, CopyContext context) => source.Select(item => (T)context.Copy(item)!);

    private static IEnumerable<KeyValuePair<TKey, TValue>> EachPair<TKey, TValue>(IEnumerable<KeyValuePair<TKey, TValue>> source, CopyContext context) =>
        source.Select(pair => KeyValuePair.Create((TKey)context.Copy(pair.Key)!, (TValue)context.Copy(pair.Value)!));

    private static object CopyList<T>(object value, CopyContext context)
    {
        var source = (List<T>)value;
        var copy = new List<T>(source.Count);
        context.Record(value, copy);
        copy.AddRange(Each(source, context));
        return copy;
    }

    private static object CopyDictionary<TKey, TValue>(object value, CopyContext context)
        where TKey : notnull
    {
        var source = (Dictionary<TKey, TValue>)value;
        var copy = new Dictionary<TKey, TValue>(source.Count, source.Comparer);
        context.Record(value, copy);
        foreach (var pair in EachPair(source, context))
        {
            copy.Add(pair.Key, pair.Value);
        }

        return copy;
    }

    private static object CopyHashSet<T>(object value, CopyContext context) => new HashSet<T>(Each((HashSet<T>)value, context), ((HashSet<T>)value).Comparer);

    private static object CopyQueue<T>(object value, CopyContext context) => new Queue<T>(Each((Queue<T>)value, context));

    private static object CopyStack<T>(object value, CopyContext context) => new Stack<T>(Each((Stack<T>)value, context).Reverse());

    private static object CopySortedSet<T>(object value, CopyContext context) => new SortedSet<T>(Each((SortedSet<T>)value, context), ((SortedSet<T>)value).Comparer);

    private static object CopySortedDictionary<TKey, TValue>(object value, CopyContext context)
        where TKey : notnull
    {
        var source = (SortedDictionary<TKey, TValue>)value;
        return new SortedDictionary<TKey, TValue>(new Dictionary<TKey, TValue>(EachPair(source, context)), source.Comparer);
    }

    private static object CopySortedList<TKey, TValue>(object value, CopyContext context)
        where TKey : notnull
    {
        var source = (SortedList<TKey, TValue>)value;
        return new SortedList<TKey, TValue>(new Dictionary<TKey, TValue>(EachPair(source, context)), source.Comparer);
    }

    private static object CopyConcurrentDictionary<TKey, TValue>(object value, CopyContext context)
        where TKey : notnull => new ConcurrentDictionary<TKey, TValue>(EachPair((ConcurrentDictionary<TKey, TValue>)value, context));

    private static object CopyConcurrentQueue<T>(object value, CopyContext context) => new ConcurrentQueue<T>(Each((ConcurrentQueue<T>)value, context));

    private static object CopyCollection<T>(object value, CopyContext context) => new Collection<T>([.. Each((Collection<T>)value, context)]);

    private static object CopyReadOnlyCollection<T>(object value, CopyContext context) => new ReadOnlyCollection<T>([.. Each((ReadOnlyCollection<T>)value, context)]);

    private static object CopyReadOnlyDictionary<TKey, TValue>(object value, CopyContext context)
        where TKey : notnull => new ReadOnlyDictionary<TKey, TValue>(new Dictionary<TKey, TValue>(EachPair((ReadOnlyDictionary<TKey, TValue>)value, context)));

    private static object CopyImmutableArray<T>(object value, CopyContext context) => ((ImmutableArray<T>)value).IsDefault ? value : Each((ImmutableArray<T>)value, context).ToImmutableArray();

    private static object CopyImmutableList<T>(object value, CopyContext context) => Each((ImmutableList<T>)value, context).ToImmutableList();

    private static object CopyImmutableHashSet<T>(object value, CopyContext context) => Each((ImmutableHashSet<T>)value, context).ToImmutableHashSet(((ImmutableHashSet<T>)value).KeyComparer);

    private static object CopyImmutableQueue<T>(object value, CopyContext context) => ImmutableQueue.CreateRange(Each((ImmutableQueue<T>)value, context));

    private static object CopyImmutableSortedSet<T>(object value, CopyContext context) => Each((ImmutableSortedSet<T>)value, context).ToImmutableSortedSet(((ImmutableSortedSet<T>)value).KeyComparer);

    private static object CopyImmutableDictionary<TKey, TValue>(object value, CopyContext context)
        where TKey : notnull => EachPair((ImmutableDictionary<TKey, TValue>)value, context).ToImmutableDictionary(((ImmutableDictionary<TKey, TValue>)value).KeyComparer);

    private static object CopyImmutableSortedDictionary<TKey, TValue>(object value, CopyContext context)
        where TKey : notnull => EachPair((ImmutableSortedDictionary<TKey, TValue>)value, context).ToImmutableSortedDictionary(((ImmutableSortedDictionary<TKey, TValue>)value).KeyComparer);

    private static object CopyPair<TKey, TValue>(object value, CopyContext context)
    {
        var pair = (KeyValuePair<TKey, TValue>)value;
        return KeyValuePair.Create((TKey)context.Copy(pair.Key)!, (TValue)context.Copy(pair.Value)!);
    }
}
