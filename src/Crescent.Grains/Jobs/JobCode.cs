using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Crescent.Kernels.Jobs;

namespace Crescent.Grains.Jobs;

/// <summary>Content hash of the assemblies that a job's result depends on: part of its key, and what its worker must run. Equal sources give equal hashes, since builds are deterministic.</summary>
public sealed record JobCode(string Hash)
{
    /// <summary>The kernels, and the engines that stand in assemblies of their own.</summary>
    public static JobCode Of(params IEnumerable<Assembly> engines)
    {
        var lines = engines.Append(typeof(IKernel).Assembly).Distinct().Select(assembly => $"{assembly.GetName().Name} {Content(assembly)}").Order(StringComparer.Ordinal);
        return new JobCode(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines)))));
    }

    /// <summary>Hash of the file; in a single-file program, where there is none, the module's id, which a deterministic build derives from its content.</summary>
    private static string Content(Assembly assembly) => assembly.Location is { Length: > 0 } path
        ? Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)))
        : assembly.ManifestModule.ModuleVersionId.ToString("N");
}
