using System.Reflection;
using System.Runtime.Intrinsics;
using Crescent.Kernels.Torch;
using Orleans;

namespace Crescent.Server.Hosting;

/// <summary>What this build runs on; <c>crescent doctor</c>, the start-up log and result documents say it.</summary>
public static class RuntimeFacts
{
    private const string StandIn = "Crescent.StandIns.Orleans";

    /// <summary>The actor runtime: Microsoft Orleans, or the stand-in for it.</summary>
    public static string Orleans { get; } = DescribeOrleans(typeof(IGrainFactory).Assembly);

    /// <summary>Whether several control processes on one PostgreSQL database make one cluster: the stand-in runs alone.</summary>
    public static bool FormsClusters { get; } = typeof(IGrainFactory).Assembly.GetName().Name != StandIn;

    /// <summary>The widest vectors that this process uses.</summary>
    public static string InstructionSet { get; } =
        Vector512.IsHardwareAccelerated ? "AVX-512"
        : Vector256.IsHardwareAccelerated ? "AVX2"
        : Vector128.IsHardwareAccelerated ? "128-bit vectors"
        : "no vectors";

    /// <summary>The engines in this build, the one in use first.</summary>
    public static IReadOnlyList<string> Engines { get; } = 
    [
        $"cpu ({InstructionSet})",
        .. TorchEngineFactory.LibraryVersion is { } version ? new[] { $"torch (TorchSharp {version} in this build; its engine is not written yet)" } : [],
    ];

    private static string DescribeOrleans(Assembly assembly) => assembly.GetName() is { Name: StandIn }
        ? "stand-in for Orleans (one process)"
        : $"Microsoft Orleans {assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]}";
}
