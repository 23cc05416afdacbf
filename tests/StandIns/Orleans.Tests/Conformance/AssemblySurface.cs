using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Crescent.StandIns.Orleans.Tests.Conformance;

/// <summary>What an assembly offers to others, and what it uses of others, as text that can be compared.</summary>
/// <param name="Types">Visible types by name, with kind, modifiers, base type and interfaces.</param>
/// <param name="Members">Visible members: signature to modifiers.</param>
/// <param name="References">Types and members of other assemblies that this one refers to.</param>
internal sealed record AssemblySurface(IReadOnlyDictionary<string, TypeShape> Types, IReadOnlyDictionary<string, string> Members, IReadOnlySet<string> References)
{
    public static AssemblySurface Read(IEnumerable<string> paths)
    {
        var types = new Dictionary<string, TypeShape>(StringComparer.Ordinal);
        var members = new Dictionary<string, string>(StringComparer.Ordinal);
        var references = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            using var file = new PEReader(File.OpenRead(path));
            var reader = file.GetMetadataReader();
            foreach (var handle in reader.TypeDefinitions.Where(h => IsVisible(reader, h)))
            {
                AddType(reader, handle, types, members);
            }

            references.UnionWith(reader.TypeReferences.Select(h => SignatureNames.Name(reader, h)));
            references.UnionWith(reader.MemberReferences.Select(h => Reference(reader, reader.GetMemberReference(h))).OfType<string>());
        }

        return new(types, members, references);
    }

    private static bool IsVisible(MetadataReader reader, TypeDefinitionHandle handle)
    {
        var type = reader.GetTypeDefinition(handle);
        return (type.Attributes & TypeAttributes.VisibilityMask) switch
        {
            TypeAttributes.Public => true,
            TypeAttributes.NestedPublic or TypeAttributes.NestedFamily or TypeAttributes.NestedFamORAssem => IsVisible(reader, type.GetDeclaringType()),
            _ => false,
        };
    }

    private static void AddType(MetadataReader reader, TypeDefinitionHandle handle, Dictionary<string, TypeShape> types, Dictionary<string, string> members)
    {
        var type = reader.GetTypeDefinition(handle);
        var name = SignatureNames.Name(reader, handle);
        types[name] = new(
            type.Attributes & (TypeAttributes.Interface | TypeAttributes.Abstract | TypeAttributes.Sealed),
            type.BaseType.IsNil ? "" : SignatureNames.Name(reader, type.BaseType),
            [.. type.GetInterfaceImplementations().Select(i => SignatureNames.Name(reader, reader.GetInterfaceImplementation(i).Interface))],
            Constraints(reader, type.GetGenericParameters()));
        foreach (var method in type.GetMethods().Select(reader.GetMethodDefinition))
        {
            if (Access(method.Attributes & MethodAttributes.MemberAccessMask) is { } access)
            {
                var overridable = (method.Attributes & (MethodAttributes.Virtual | MethodAttributes.Final)) == MethodAttributes.Virtual;
                var signature = method.DecodeSignature(SignatureNames.Instance, null);
                members[Member(name, reader.GetString(method.Name), signature)] =
                    $"{access}{(overridable ? " overridable" : "")}{((method.Attributes & MethodAttributes.Abstract) != 0 ? " abstract" : "")}{Constraints(reader, method.GetGenericParameters())}";
            }
        }

        foreach (var field in type.GetFields().Select(reader.GetFieldDefinition))
        {
            if (Access((MethodAttributes)(field.Attributes & FieldAttributes.FieldAccessMask)) is { } access && (field.Attributes & FieldAttributes.SpecialName) == 0)
            {
                var constant = field.GetDefaultValue();
                var value = constant.IsNil ? "" : " = " + Convert.ToHexString(reader.GetBlobBytes(reader.GetConstant(constant).Value));
                members[$"{name}::{reader.GetString(field.Name)} {field.DecodeSignature(SignatureNames.Instance, null)}"] = access + value;
            }
        }
    }

    private static string? Access(MethodAttributes access) => access switch
    {
        MethodAttributes.Public => "public",
        MethodAttributes.Family or MethodAttributes.FamORAssem => "protected",
        _ => null,
    };

    private static string Member(string type, string name, MethodSignature<string> signature) =>
        $"{type}::{name}{(signature.GenericParameterCount > 0 ? $"``{signature.GenericParameterCount}" : "")}({string.Join(",", signature.ParameterTypes)}) {(signature.Header.IsInstance ? "" : "static ")}{signature.ReturnType}";

    private static string Constraints(MetadataReader reader, GenericParameterHandleCollection parameters) => string.Concat(parameters.Select(reader.GetGenericParameter).Select(p =>
    {
        var types = p.GetConstraints().Select(c => SignatureNames.Name(reader, reader.GetGenericParameterConstraint(c).Type)).Order(StringComparer.Ordinal);
        return $" where {p.Index}: {p.Attributes & GenericParameterAttributes.SpecialConstraintMask} {string.Join(",", types)}";
    }));

    private static string? Reference(MetadataReader reader, MemberReference member)
    {
        if (member.Parent.Kind is not (HandleKind.TypeReference or HandleKind.TypeSpecification))
        {
            return null;
        }

        var parent = SignatureNames.Name(reader, member.Parent);
        var generic = parent.IndexOf('<', StringComparison.Ordinal);
        var type = generic < 0 ? parent : parent[..generic];
        return member.GetKind() == MemberReferenceKind.Method
            ? Member(type, reader.GetString(member.Name), member.DecodeMethodSignature(SignatureNames.Instance, null))
            : $"{type}::{reader.GetString(member.Name)} {member.DecodeFieldSignature(SignatureNames.Instance, null)}";
    }
}

/// <param name="Modifiers">Interface, abstract, sealed.</param>
internal sealed record TypeShape(TypeAttributes Modifiers, string Base, IReadOnlyList<string> Interfaces, string Constraints);
