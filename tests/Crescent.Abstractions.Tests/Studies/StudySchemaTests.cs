using System.Text.Json.Nodes;
using Crescent.Abstractions.Studies;
using Crescent.Abstractions.Tests.Experiments;
using Json.Schema;

namespace Crescent.Abstractions.Tests.Studies;

public sealed class StudySchemaTests
{
    private static readonly JsonSchema Schema = JsonSchema.FromText(StudySchema.Write());

    public static TheoryData<string> Studies => [.. Directory.GetFiles(ExampleDocument.Path("studies")).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [Fact]
    public void Schema_OfTheExamples_IsCurrent()
    {
        var published = File.ReadAllText(ExampleDocument.Path("study.schema.json"));

        Assert.True(published == StudySchema.Write(), "docs/examples/study.schema.json is not what StudySchema.Write() gives: " + Environment.NewLine + StudySchema.Write());
    }

    [Theory]
    [MemberData(nameof(Studies))]
    public void Example_OfAStudy_Conforms(string file) => Assert.True(Conforms(ExampleDocument.Read(Path.Combine("studies", file))!));

    /// <summary>What the schema lets through may still be refused for its values; what it refuses, the reader refuses too.</summary>
    [Theory]
    [InlineData("seeds", "[]")]
    [InlineData("seeds", "[1, 1]")]
    [InlineData("seeds", "[-1]")]
    [InlineData("maxRunning", "65")]
    [InlineData("base", """{ "preset": "tiny", "seed": 3 }""")]
    [InlineData("base", """{ "preset": "tiny", "sft": { "stepps": 3 } }""")]
    [InlineData("axes", """[{ "field": "sft.batch" }]""")]
    [InlineData("axes", """[{ "name": "a", "variants": [{ "changes": {} }] }]""")]
    [InlineData("name", "\"\"")]
    [InlineData("version", "2")]
    [InlineData("more", "1")]
    public void Schema_WrongField_IsRefusedByItAndByTheReader(string field, string value)
    {
        var document = (JsonObject)JsonNode.Parse("""{ "version": 1, "name": "n", "question": "Why?", "base": { "preset": "tiny" }, "axes": [{ "field": "sft.batch", "values": [4, 8] }], "seeds": [1, 2], "maxRunning": 2 }""")!;
        Assert.True(Conforms(document));
        document[field] = JsonNode.Parse(value);

        Assert.False(Conforms(document));
        Assert.Equal("study-invalid", Assert.Throws<CrescentException>(() => StudyExpansion.Of("s1", StudySpecReader.Read(document))).Code);
    }

    private static bool Conforms(JsonNode document) => Schema.Evaluate(document).IsValid;
}
