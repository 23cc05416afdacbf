using System.Collections.Concurrent;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace Orleans.Runtime
{
    /// <summary>Emits, for each grain interface, a subclass of <see cref="GrainReference"/> that forwards every method with its number.</summary>
    internal sealed class ReferenceFactory(SiloRuntime silo)
    {
        private const BindingFlags Internal = BindingFlags.Instance | BindingFlags.NonPublic;

        private static readonly ConcurrentDictionary<Type, Lazy<(GrainInterface Interface, Type Proxy)>> Proxies = new();

        private static readonly ConstructorInfo BaseConstructor =
            typeof(GrainReference).GetConstructor(Internal, [typeof(SiloRuntime), typeof(GrainInterface), typeof(GrainId)])!;

        public GrainReference Create(Type interfaceType, GrainId id)
        {
            var (grainInterface, proxy) = Proxies.GetOrAdd(interfaceType, static type => new(() => Emit(type))).Value;
            return (GrainReference)Activator.CreateInstance(proxy, silo, grainInterface, id)!;
        }

        private static (GrainInterface Interface, Type Proxy) Emit(Type interfaceType)
        {
            if (!interfaceType.IsInterface || !typeof(IAddressable).IsAssignableFrom(interfaceType))
            {
                throw new ArgumentException($"{interfaceType} is not a grain interface.", nameof(interfaceType));
            }

            var grainInterface = new GrainInterface(interfaceType);
            var assembly = AssemblyBuilder.DefineDynamicAssembly(new($"Crescent.StandIns.Orleans.Proxies.{interfaceType.FullName}"), AssemblyBuilderAccess.Run);
            OpenAssemblies(assembly, grainInterface);
            var proxy = assembly.DefineDynamicModule("Proxies").DefineType($"Proxies.{interfaceType.FullName}", TypeAttributes.Class | TypeAttributes.Sealed, typeof(GrainReference), [interfaceType]);
            EmitConstructor(proxy);
            for (var slot = 0; slot < grainInterface.Methods.Count; slot++)
            {
                EmitMethod(proxy, grainInterface.Methods[slot].Method, slot);
            }

            return (grainInterface, proxy.CreateType());
        }

        private static void EmitConstructor(TypeBuilder proxy)
        {
            var il = proxy.DefineConstructor(MethodAttributes.Public, CallingConventions.Standard, [typeof(SiloRuntime), typeof(GrainInterface), typeof(GrainId)]).GetILGenerator();
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldarg_1);
            il.Emit(OpCodes.Ldarg_2);
            il.Emit(OpCodes.Ldarg_3);
            il.Emit(OpCodes.Call, BaseConstructor);
            il.Emit(OpCodes.Ret);
        }

        private static void EmitMethod(TypeBuilder proxy, MethodInfo method, int slot)
        {
            var parameters = method.GetParameters().Select(p => p.ParameterType).ToArray();
            var builder = proxy.DefineMethod(
                $"{method.DeclaringType!.FullName}.{method.Name}", MethodAttributes.Private | MethodAttributes.Virtual | MethodAttributes.Final | MethodAttributes.NewSlot | MethodAttributes.HideBySig, method.ReturnType, parameters);
            var il = builder.GetILGenerator();
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldc_I4, slot);
            il.Emit(OpCodes.Ldc_I4, parameters.Length);
            il.Emit(OpCodes.Newarr, typeof(object));
            for (var i = 0; i < parameters.Length; i++)
            {
                il.Emit(OpCodes.Dup);
                il.Emit(OpCodes.Ldc_I4, i);
                il.Emit(OpCodes.Ldarg, i + 1);
                if (parameters[i].IsValueType)
                {
                    il.Emit(OpCodes.Box, parameters[i]);
                }

                il.Emit(OpCodes.Stelem_Ref);
            }

            il.Emit(OpCodes.Call, CallFor(method.ReturnType));
            il.Emit(OpCodes.Ret);
            proxy.DefineMethodOverride(builder, method);
        }

        private static MethodInfo CallFor(Type returnType)
        {
            var name = returnType.Name.StartsWith(nameof(ValueTask), StringComparison.Ordinal) ? nameof(GrainReference.CallValueTask) : nameof(GrainReference.CallTask);
            return returnType.IsGenericType
                ? typeof(GrainReference).GetMethod(name + "Of", Internal)!.MakeGenericMethod(returnType.GetGenericArguments())
                : typeof(GrainReference).GetMethod(name, Internal)!;
        }

        /// <summary>What a proxy calls is internal here, and grain interfaces may be internal too; the runtime lets an assembly with this attribute see them.</summary>
        private static void OpenAssemblies(AssemblyBuilder assembly, GrainInterface grainInterface)
        {
            var constructor = typeof(IgnoresAccessChecksToAttribute).GetConstructor([typeof(string)])!;
            var types = grainInterface.Methods.SelectMany(m => m.Method.GetParameters().Select(p => p.ParameterType).Append(m.Method.ReturnType).Append(m.Method.DeclaringType!));
            foreach (var name in types.SelectMany(t => t.GetGenericArguments().Prepend(t)).Append(grainInterface.Type).Append(typeof(GrainReference)).Select(t => t.Assembly.GetName().Name!).Distinct())
            {
                assembly.SetCustomAttribute(new CustomAttributeBuilder(constructor, [name]));
            }
        }
    }
}

namespace System.Runtime.CompilerServices
{
    /// <summary>Known to the runtime by name: lifts access checks from the assembly that carries it to the named one.</summary>
    [AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
    internal sealed class IgnoresAccessChecksToAttribute(string assemblyName) : Attribute
    {
        public string AssemblyName { get; } = assemblyName;
    }
}
