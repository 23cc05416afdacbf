using System.Text.Json.Nodes;
using Crescent.Abstractions.Experiments;
using FsCheck;
using FsCheck.Fluent;

namespace Crescent.Abstractions.Tests.Experiments;

/// <summary>Whatever stands in a document, reading it gives a spec or a list of problems, and nothing else.</summary>
public sealed class ExperimentSpecReaderProperties
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(400);

    private static readonly string[] Values =
        ["null", "true", "0", "-1", "1", "2", "3", "7", "16", "2147483647", "-2147483648", "1e300", "-1e-300", "0.5", "1.0", "18446744073709551615", "\"\"", "\"best\"", "\"every-0\"", "\"recovery-best\"", "\"\\u0000\"", "[]", "[[]]", "[null]", "[1]", "{}", "{\"a\":1}"];

    [Fact]
    public void Read_AnyValueAnywhere_GivesASpecOrProblems() => Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).Two().ListOf(3).ToArbitrary(), changes =>
    {
        var document = (JsonObject)JsonNode.Parse(ExperimentSpecReader.WriteDocument(ExperimentSpecReader.Read("""{"version":1,"name":"n","question":"q","preset":"tiny"}""")))!;
        foreach (var (where, what) in changes)
        {
            Replace(document, where, JsonNode.Parse(Values[what % Values.Length]));
        }

        try
        {
            var spec = ExperimentSpecReader.Read(document.ToJsonString());
            Assert.Equal(ExperimentSpecReader.Write(spec), ExperimentSpecReader.Write(ExperimentSpecReader.Read(ExperimentSpecReader.WriteDocument(spec))));
        }
        catch (CrescentException e)
        {
            Assert.Equal("spec-invalid", e.Code);
            Assert.NotEmpty(e.Problems);
            Assert.All(e.Problems, problem => Assert.NotEmpty(problem.Message));
            Assert.Distinct(e.Problems);
        }
    }).Check(Many);

    /// <summary>Puts a value in the place of the n-th node of the document, counted over all of them.</summary>
    private static void Replace(JsonObject document, int n, JsonNode? value)
    {
        var nodes = Below(document);
        if (nodes.Count > 0)
        {
            nodes[n % nodes.Count].ReplaceWith(value);
        }
    }

    private static List<JsonNode> Below(JsonNode node)
    {
        var children = node switch
        {
            JsonObject fields => fields.Select(field => field.Value),
            JsonArray items => items,
            _ => [],
        };
        return [.. children.OfType<JsonNode>().SelectMany(child => Below(child).Prepend(child))];
    }
}
