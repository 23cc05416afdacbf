using Crescent.Cli.Terminal;
using Spectre.Console;

namespace Crescent.Cli.Tests.Terminal;

public sealed class TerminalOutputTests
{
    [Fact]
    public void Fail_ErrorWithFieldsAndCure_SaysWhatThenFieldsThenCure()
    {
        using var errors = new StringWriter();
        var output = new TerminalOutput(OutputFormat.Text, TextWriter.Null, errors);

        output.Fail(new CliException(1, "It [cannot] be started.", "Change it.") { Code = "spec-invalid", Problems = [new SpecProblem("sft.checkpoints[1]", "Too late."), new SpecProblem("", "Too long.")] });

        Assert.Equal("error: It [cannot] be started. (spec-invalid)\n  sft.checkpoints[1]: Too late.\n  document: Too long.\ntry: Change it.\n", errors.ToString().ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Human_OutputIsJson_GoesToStderr()
    {
        using var data = new StringWriter();
        using var errors = new StringWriter();
        var output = new TerminalOutput(OutputFormat.Jsonl, data, errors);

        output.Human.WriteLine("for people");
        output.Json(new { Answer = 42 });

        Assert.Equal("{\"answer\":42}", data.ToString().Trim());
        Assert.Equal("for people", errors.ToString().Trim());
    }
}
