using System.Globalization;
using System.Text.RegularExpressions;

namespace Crescent.Kernels.Tasks.GeneralPoints;

/// <summary>The language form in the words of arXiv 2501.17161, kept to the letter so that large models are compared on the same prompt.</summary>
public static partial class OriginalWording
{
    /// <summary>The user turn after a failed try that does not say why.</summary>
    public const string BlankFeedback = "You failed this trial.";

    /// <summary>The whole prompt of a deal.</summary>
    public static string Prompt(Deal deal, int target)
    {
        ArgumentNullException.ThrowIfNull(deal);
        var faces = deal.Rule.Sentence();
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
    public static string Answer(Deal deal, IEnumerable<int> numbers, string formula, int target)
    {
        ArgumentNullException.ThrowIfNull(deal);
        return $$"""
            {
              "cards": {{Cards(deal).Replace('\'', '"')}},
              "number": [{{string.Join(", ", numbers)}}],
              "formula": "{{formula}}={{target}}"
            }
            """;
    }

    /// <summary>The user turn after a failed try.</summary>
    /// <param name="info">Why it failed: <c>your formula is incorrect.</c></param>
    public static string Feedback(string info) => $"You failed this trial because {info}";

    /// <summary>Why a try failed, in words. These are ours: the original's differ from version to version.</summary>
    public static string Cause(Verdict verdict) => verdict switch
    {
        Verdict.WrongValue => "your formula is incorrect.",
        Verdict.WrongNumbers => "you are not using each of the numbers exactly once.",
        Verdict.Partial => "your formula is incomplete.",
        Verdict.WrongRecognition => "you are not recognizing the cards correctly.",
        _ => "your formula is illegal.",
    };

    /// <summary>Judges a response: its formula left of '=' (a blank makes it illegal), its cards where the task scores them.</summary>
    public static Judgement Judge(string response, Deal deal, GeneralPointsSpec task)
    {
        ArgumentNullException.ThrowIfNull(response);
        ArgumentNullException.ThrowIfNull(deal);
        ArgumentNullException.ThrowIfNull(task);
        var formula = Formula(response) ?? string.Empty;
        var end = formula.IndexOf('=', StringComparison.Ordinal);
        var tokens = FormulaReader.Tokens(end < 0 ? formula : formula[..end]);
        var cards = CardsMember().Match(response) is { Success: true } match ? match.Groups["cards"].Value.Split(',').Select(card => card.Trim(' ', '\n', '"', '\'')) : [];
        var judgement = new Judgement(tokens is null ? Verdict.Illegal : GeneralPoints.Judge.Formula(deal.Numbers, task.Target, tokens), cards.SequenceEqual(Names(deal)));
        return GeneralPoints.Judge.Refine(judgement, task, deal, tokens);
    }

    /// <summary>The text of the <c>formula</c> member, or null when the response has none; a regular expression, since responses are rarely strict JSON.</summary>
    public static string? Formula(string response) => FormulaMember().Match(response) is { Success: true } match ? match.Groups["formula"].Value : null;

    public static string Cards(Deal deal) => $"[{string.Join(", ", Names(deal).Select(name => $"'{name}'"))}]";

    /// <summary>The pieces of template, answers, feedback and exercises that a vocabulary carries whole.</summary>
    internal static IEnumerable<string> Pieces()
    {
        const int Target = 24;
        var deal = new Deal([1, 2, 3, 4], FaceRule.FacesAsTen);
        string[] filled = [Target.ToString(CultureInfo.InvariantCulture), deal.Rule.Sentence(), Cards(deal)];
        return
        [
            .. Prompt(deal, Target).Split(filled, StringSplitOptions.RemoveEmptyEntries),
            .. Enum.GetValues<FaceRule>().Select(FaceRules.Sentence),
            .. Answer(deal, [9999], "!", Target).Split([Cards(deal).Replace('\'', '"'), "9999", "!", filled[0]], StringSplitOptions.RemoveEmptyEntries).Where(piece => piece.Length > 1),
            "['", "', '", "']", "[\"", "\", \"", "\"]", ", ",
            "10", "11", "12", "13", "24",
            .. Enum.GetValues<Verdict>().Select(Cause), Feedback(string.Empty), BlankFeedback, "Cards: ", "Expression: ", "Numbers: ",
        ];
    }

    private static IEnumerable<string> Names(Deal deal) => deal.Cards.Select(rank => Vocabulary.Name(Vocabulary.Card(rank)));

    [GeneratedRegex("""["']formula["']\s*:\s*(?<quote>["'])(?<formula>[^"']*)\k<quote>""", RegexOptions.CultureInvariant)]
    private static partial Regex FormulaMember();

    [GeneratedRegex("""["']cards["']\s*:\s*\[(?<cards>[^\]]*)\]""", RegexOptions.CultureInvariant)]
    private static partial Regex CardsMember();
}
