using System.CommandLine;
using Crescent.Cli.Terminal;

namespace Crescent.Cli.Completion;

/// <summary><c>crescent completion SHELL</c>: a script that asks <c>crescent [suggest]</c>, System.CommandLine's own directive.</summary>
internal static class CompletionCommand
{
    private static readonly Dictionary<string, string> Scripts = new(StringComparer.Ordinal)
    {
        ["bash"] = """
            _crescent() {
                local line="${COMP_LINE:0:$COMP_POINT}"
                mapfile -t COMPREPLY < <(crescent "[suggest:${#line}]" "$line" 2>/dev/null)
            }
            complete -o default -F _crescent crescent
            """,
        ["zsh"] = """
            #compdef crescent
            _crescent() {
                local -a found
                found=("${(@f)$(crescent "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
                compadd -a found
            }
            compdef _crescent crescent
            """,
        ["fish"] = """
            complete -c crescent -f -a '(crescent "[suggest:"(string length -- (commandline -cp))"]" (commandline -cp) 2>/dev/null)'
            """,
        ["pwsh"] = """
            Register-ArgumentCompleter -Native -CommandName crescent -ScriptBlock {
                param($word, $ast, $cursor)
                crescent "[suggest:$cursor]" "$ast" | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
            }
            """,
    };

    public static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh, fish or pwsh." };
        shell.AcceptOnlyFromAmong([.. Scripts.Keys]);
        var command = new Command("completion", "Print a completion script: eval \"$(crescent completion bash)\".") { shell };
        command.SetAction(parse =>
        {
            Console.Out.WriteLine(Scripts[parse.GetValue(shell)!]);
            return ExitCodes.Ok;
        });
        return command;
    }
}
