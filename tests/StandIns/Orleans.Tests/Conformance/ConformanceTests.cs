using System.Reflection;

namespace Crescent.StandIns.Orleans.Tests.Conformance;

/// <summary>
/// The stand-in is a true subset of Orleans: each of its visible types and members exists in Orleans with the same signature and modifiers. Read from the metadata of the real assemblies: all of them where the feed has them;
/// else those of the six packages that it always has, their references to the others, and, for what neither shows, <c>read-elsewhere.tsv</c>.
/// </summary>
public class ConformanceTests
{
    private static readonly AssemblySurface StandIn = AssemblySurface.Read([Attribute("StandInAssembly")]);

    private static readonly AssemblySurface Real = AssemblySurface.Read(AllOfOrleansIsHere
        ? Directory.GetFiles(AppContext.BaseDirectory, "Orleans.*.dll")
        : Attribute("OrleansPackages").Split(';').Where(Directory.Exists).SelectMany(folder => Directory.GetFiles(folder, "*.dll")));

    private static readonly Dictionary<string, string> ReadElsewhere = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Conformance", "read-elsewhere.tsv"))
        .Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => line.Split('\t'))
        .ToDictionary(cells => cells[0], cells => cells[1]);

    private static bool AllOfOrleansIsHere => Attribute("PackageFeed") == "nuget";

    public static TheoryData<string> Types => [.. StandIn.Types.Keys.Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Types))]
    public void Type_ExistsInOrleans_WithTheSameShape(string type)
    {
        if (!Real.Types.TryGetValue(type, out var real))
        {
            Assert.True(!AllOfOrleansIsHere && (Real.References.Contains(type) || ReadElsewhere.ContainsKey(type)), $"{type} is not a type of Orleans.");
            return;
        }

        var own = StandIn.Types[type];
        Assert.Equal((real.Modifiers, real.Constraints), (own.Modifiers, own.Constraints));
        Assert.Contains(own.Base, Ancestors(type).Append(own.Base is "System.ValueType" or "System.Enum" or "" or "System.Attribute" or "System.Exception" ? own.Base : real.Base));
        Assert.Empty(own.Interfaces.Except(AllInterfaces(type)));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Members_ExistInOrleans_WithTheSameSignatures(string type)
    {
        var strangers = new List<string>();
        foreach (var (member, modifiers) in StandIn.Members.Where(m => m.Key.StartsWith(type + "::", StringComparison.Ordinal)))
        {
            var known = Real.Members.TryGetValue(member, out var real)
                ? real == modifiers
                : !AllOfOrleansIsHere && !Real.Types.ContainsKey(type) && (Real.References.Contains(member) || ReadElsewhere.ContainsKey(member));
            if (!known)
            {
                strangers.Add($"{member} [{modifiers}], in Orleans [{real}]");
            }
        }

        Assert.Empty(strangers);
    }

    [Fact]
    public void ReadElsewhere_NamesOnlyWhatTheStandInHas()
    {
        Assert.DoesNotContain(ReadElsewhere.Keys, name => !StandIn.Types.ContainsKey(name) && !StandIn.Members.ContainsKey(name));
        Assert.DoesNotContain(ReadElsewhere.Values, string.IsNullOrWhiteSpace);
    }

    [Fact]
    public void Comparison_OfSomethingThatOrleansLacks_FindsIt()
    {
        var own = AssemblySurface.Read([typeof(ConformanceTests).Assembly.Location]);

        Assert.Contains(typeof(ConformanceTests).FullName!, own.Types.Keys);
        Assert.DoesNotContain(typeof(ConformanceTests).FullName!, Real.Types.Keys);
        Assert.Contains("Orleans.Grain::OnActivateAsync(System.Threading.CancellationToken) System.Threading.Tasks.Task", Real.Members.Keys);
        Assert.True(StandIn.Types.Count > 50);
    }

    private static IEnumerable<string> Ancestors(string type)
    {
        for (var ancestor = type; Real.Types.TryGetValue(ancestor.Split('<')[0], out var shape) && shape.Base.Length > 0; ancestor = shape.Base)
        {
            yield return shape.Base;
        }
    }

    private static IEnumerable<string> AllInterfaces(string type)
    {
        if (!Real.Types.TryGetValue(type.Split('<')[0], out var shape))
        {
            return [];
        }

        return shape.Interfaces.Concat(shape.Interfaces.SelectMany(AllInterfaces)).Concat(shape.Base.Length > 0 ? AllInterfaces(shape.Base) : []);
    }

    private static string Attribute(string name) =>
        typeof(ConformanceTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == name).Value!;
}
