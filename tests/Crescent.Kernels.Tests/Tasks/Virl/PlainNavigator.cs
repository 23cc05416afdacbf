using Crescent.Kernels.Tasks.Virl;

namespace Crescent.Kernels.Tests.Tasks.Virl;

/// <summary>Reads prompts as text and follows them with a few plain rules, to hold the task's own answers against.</summary>
internal static class PlainNavigator
{
    private static readonly Dictionary<string, int> Tokens = Enumerable.Range(0, Navigation.Size).ToDictionary(token => Navigation.Text([token]));

    public static int Token(string word) => Tokens[word];

    public static int[] Answer(int[] prompt, bool alwaysAbsolute = false)
    {
        var text = Navigation.Text(prompt);
        text = text.Contains(" FAIL ", StringComparison.Ordinal) ? text[..text.IndexOf(" sep", text.IndexOf(" sep", StringComparison.Ordinal) + 1, StringComparison.Ordinal)] + " sep" : text;
        if (alwaysAbsolute)
        {
            text = text.Replace("NAV REL", "NAV ABS", StringComparison.Ordinal);
        }

        var (sentence, action, observation) = Follow(text);
        return [.. $"{observation} sep I{sentence} {action} eos".Split(' ').Select(Token)];
    }

    public static string Action(string prompt) => Follow(prompt).Action;

    private static (int Sentence, string Action, string Observation) Follow(string prompt)
    {
        var parts = prompt.Split(" sep");
        var legs = parts[0].Split(" TURN ")[1..].Select(leg => leg.Split(" WALK ")).Select(leg => (Turn: leg[0].Split(' '), Sight: leg[1])).ToArray();
        string[] actions = ["forward", .. Compass.Points, .. Compass.Turns.Select(turn => turn.Replace(' ', '-'))];
        var (turned, observed, started) = (0, new List<string>(), false);
        foreach (var word in parts[1].Trim().Split(' '))
        {
            if (actions.Contains(word))
            {
                (turned, started) = (word == "forward" ? turned : turned + 1, true);
                observed.Clear();
            }
            else
            {
                observed.Add(word);
            }
        }

        var now = string.Join(' ', observed);
        if (!started || observed.Contains("intersection"))
        {
            return ((2 * turned) + 1, legs[turned].Turn[parts[0].Contains(" ABS ", StringComparison.Ordinal) ? 1 : 0], now);
        }

        return (2 * turned, turned == legs.Length && now == legs[^1].Sight ? "stop" : "forward", now);
    }
}
