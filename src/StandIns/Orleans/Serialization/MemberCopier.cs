using System.Reflection;
using System.Runtime.CompilerServices;

namespace Orleans.Serialization;

/// <summary>Copies a <see cref="GenerateSerializerAttribute"/> type: members with <see cref="IdAttribute"/> and the primary-constructor parameters of records; all else keeps what the constructor gave it.</summary>
internal static class MemberCopier
{
    private const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private delegate void CopyMember(object source, object copy, CopyContext context);

    public static Func<object, CopyContext, object> For(Type type)
    {
        var members = MembersOf(type);
        var constructor = type.GetConstructor(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, []);
        return (source, context) =>
        {
            var copy = constructor is null ? RuntimeHelpers.GetUninitializedObject(type) : constructor.Invoke(null);
            if (!type.IsValueType)
            {
                context.Record(source, copy);
            }

            CopyMembers(members, source, copy, context);
            return copy;
        };
    }

    /// <summary>Carries the numbered members only; for exceptions, whose base is carried apart.</summary>
    public static void CopyNumbered(object source, object copy, CopyContext context) => CopyMembers(MembersOf(source.GetType()), source, copy, context);

    private static void CopyMembers(List<CopyMember> members, object source, object copy, CopyContext context)
    {
        foreach (var member in members)
        {
            member(source, copy, context);
        }
    }

    private static List<CopyMember> MembersOf(Type type)
    {
        var members = new List<CopyMember>();
        for (var declaring = type; declaring is not null && declaring != typeof(object) && declaring != typeof(ValueType); declaring = declaring.BaseType)
        {
            if (!declaring.IsDefined(typeof(GenerateSerializerAttribute), inherit: false))
            {
                continue;
            }

            var parameters = PrimaryConstructorParameters(declaring);
            members.AddRange(declaring.GetFields(Declared).Where(f => f.IsDefined(typeof(IdAttribute))).Select(f => ForField(f, IsImmutable(f))));
            members.AddRange(declaring.GetProperties(Declared).Where(p => p.IsDefined(typeof(IdAttribute)) || parameters.Contains(p.Name)).Select(ForProperty));
        }

        return members;
    }

    /// <summary>The compiler gives positional records a Deconstruct method with the primary constructor's parameters; that is how they are told from other members.</summary>
    private static HashSet<string> PrimaryConstructorParameters(Type type)
    {
        var attribute = type.GetCustomAttribute<GenerateSerializerAttribute>()!;
        var asked = type.GetCustomAttributesData().First(a => a.AttributeType == typeof(GenerateSerializerAttribute)).NamedArguments.Any(a => a.MemberName == nameof(attribute.IncludePrimaryConstructorParameters));
        if (asked && !attribute.IncludePrimaryConstructorParameters)
        {
            return [];
        }

        var deconstruct = type.GetMethods(Declared).FirstOrDefault(m => m.Name == "Deconstruct" && m.IsDefined(typeof(CompilerGeneratedAttribute)));
        return deconstruct is null ? [] : [.. deconstruct.GetParameters().Select(p => p.Name!)];
    }

    private static CopyMember ForProperty(PropertyInfo property)
    {
        var backing = property.DeclaringType!.GetField($"<{property.Name}>k__BackingField", Declared);
        if (backing is not null)
        {
            return ForField(backing, IsImmutable(property));
        }

        if (property is not { CanRead: true, CanWrite: true })
        {
            throw new CodecNotFoundException($"{property.DeclaringType}.{property.Name} is numbered but cannot be both read and written.");
        }

        return IsImmutable(property)
            ? (source, copy, _) => property.SetValue(copy, property.GetValue(source))
            : (source, copy, context) => property.SetValue(copy, context.Copy(property.GetValue(source)));
    }

    private static CopyMember ForField(FieldInfo field, bool immutable) => immutable
        ? (source, copy, _) => field.SetValue(copy, field.GetValue(source))
        : (source, copy, context) => field.SetValue(copy, context.Copy(field.GetValue(source)));

    private static bool IsImmutable(MemberInfo member) => member.IsDefined(typeof(ImmutableAttribute), inherit: false);
}
