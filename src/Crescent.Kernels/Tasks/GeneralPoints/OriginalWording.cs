using System.Text.RegularExpressions;

namespace Crescent.Kernels.Tasks.GeneralPoints;

/// <summary>The language form in the words of arXiv 2501.17161, kept to the letter so that large models are compared on the same prompt.</summary>
public static partial class OriginalWording
{
    /// <summary>The whole prompt of a deal.</summary>
    public static string Prompt(Deal deal, int target)
    {
        ArgumentNullException.ThrowIfNull(deal);
        var faces = deal.Rule == FaceRule.FacesAsTen
            ? "'J', 'Q', and 'K' count as '10'"
            : "'J', 'Q', and 'K' count as '11', '12', and '13' respectively";
        return $$"""
            [Task Description]
            You are an expert {{target}} points card game player. You will receive a set of 4 cards.
            Note that {{faces}}, and each card must be used once.
            Your goal is to output a formula that evaluates to {{target}} using numbers from the cards and operators such as '+', '-', '*', '/', '(', ')', and '='.

            [Input]
            Cards: {{Cards(deal)}}

            [Output]
            Your response should be a valid json file in the following format:
            {
              "cards": [x, y, z, w], where {{faces}},
              "number": [a, b, c, d], where a, b, c, and d are the numbers on the cards,
              "formula": "an equation that equals {{target}}",
            }

            """;
    }

    /// <summary>The answer that training shows for a formula. Unlike the original's, it is strict JSON: no comma after the last member.</summary>
    public static string Answer(Deal deal, string formula, int target)
    {
        ArgumentNullException.ThrowIfNull(deal);
        var numbers = string.Join(", ", deal.Numbers);
        return $$"""
            {
              "cards": {{Cards(deal).Replace('\'', '"')}},
              "number": [{{numbers}}],
              "formula": "{{formula}}={{target}}"
            }
            """;
    }

    /// <summary>The user turn after a failed try.</summary>
    /// <param name="info">Why it failed: <c>your formula is incorrect.</c></param>
    public static string Feedback(string info) => $"You failed this trial because {info}";

    /// <summary>The text of the <c>formula</c> member, or null when the response has none; a regular expression, since responses are rarely strict JSON.</summary>
    public static string? Formula(string response) => FormulaMember().Match(response) is { Success: true } match ? match.Groups["formula"].Value : null;

    private static string Cards(Deal deal) => $"[{string.Join(", ", deal.Cards.Select(rank => $"'{Vocabulary.Name(Vocabulary.Card(rank))}'"))}]";

    [GeneratedRegex("""["']formula["']\s*:\s*(?<quote>["'])(?<formula>[^"']*)\k<quote>""", RegexOptions.CultureInvariant)]
    private static partial Regex FormulaMember();
}
