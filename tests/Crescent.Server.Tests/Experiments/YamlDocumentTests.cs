using Crescent.Server.Experiments;

namespace Crescent.Server.Tests.Experiments;

public sealed class YamlDocumentTests
{
    [Theory]
    [InlineData("a: 1", """{"a":1}""")]
    [InlineData("a: -2.5e-3", """{"a":-0.0025}""")]
    [InlineData("a: 18446744073709551615", """{"a":18446744073709551615}""")]
    [InlineData("a: true\nb: null\nc: ~\nd:", """{"a":true,"b":null,"c":null,"d":null}""")]
    [InlineData("a: \"1\"\nb: 'true'", """{"a":"1","b":"true"}""")]
    [InlineData("a: [1, best, { from: end }]", """{"a":[1,"best",{"from":"end"}]}""")]
    [InlineData("a: yes\nb: 1.2.3\nc: 0x10\nd: -x", """{"a":"yes","b":"1.2.3","c":"0x10","d":"-x"}""")]
    [InlineData("# a comment only", "null")]
    public void Read_CoreSchema_GivesTheSameJson(string yaml, string json) => Assert.Equal(json, YamlDocument.Read(yaml)?.ToJsonString() ?? "null");

    [Theory]
    [InlineData("a: 1\na: 2", "line 2")]
    [InlineData("a: &x 1\nb: *x", "line 1")]
    [InlineData("a: !!binary aGk=", "line 1")]
    [InlineData("a: [1, 2", "line")]
    [InlineData("a: 1\n---\nb: 2", "second document")]
    [InlineData("? [a]\n: 1", "line 1")]
    [InlineData("a:\n\t- 1", "line 1")]
    public void Read_Malformed_SaysWhere(string yaml, string expected)
    {
        var error = Assert.Throws<CrescentException>(() => YamlDocument.Read(yaml));

        Assert.Equal("yaml-invalid", error.Code);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_DeepNesting_IsRefused()
    {
        var error = Assert.Throws<CrescentException>(() => YamlDocument.Read(string.Concat(Enumerable.Repeat("[", 100)) + string.Concat(Enumerable.Repeat("]", 100))));

        Assert.Equal("yaml-invalid", error.Code);
    }
}
