using System.Globalization;

namespace Crescent.Kernels.Tasks.GeneralPoints;

/// <summary>The original's sentences (<see cref="OriginalWording"/>) over a vocabulary of the template's pieces; a turn token stands between prompt and answer. Decoding a prompt gives the original's text, character by character.</summary>
internal sealed class TextWording : IWording
{
    private static readonly Deal Longest = new([10, 10, 10, 10], FaceRule.FacesAsRanks);
    private static readonly TextVocabulary Pieces = new(OriginalWording.Pieces());
    private readonly GeneralPointsSpec task;

    public TextWording(GeneralPointsSpec task)
    {
        this.task = task;
        var prompt = Prompt(Longest).Length;
        var answer = Answer(Longest, Longest.Numbers, FormulaReader.Tokens("((10+10)+10)+10")!).Length;
        var feedback = Enum.GetValues<Verdict>().Where(verdict => verdict != Verdict.Correct).Max(verdict => Feedback(verdict).Length);
        Format = new TaskFormat(Pieces.Size, TextVocabulary.Bos, TextVocabulary.Eos, prompt, answer, feedback);
    }

    public TaskFormat Format { get; }

    public string Text(ReadOnlySpan<int> tokens) => Pieces.Decode(tokens);

    public int[] Prompt(Deal deal, int layout = 0) => Ask(OriginalWording.Prompt(deal, task.Target));

    public int[] Answer(Deal deal, int[] numbers, int[] formula) => Say(OriginalWording.Answer(deal, numbers, Vocabulary.Text(formula), task.Target));

    public int[] Feedback(Verdict verdict) =>
        [TextVocabulary.Turn, .. Pieces.Encode(task.Feedback == FeedbackKind.Blank ? OriginalWording.BlankFeedback : OriginalWording.Feedback(OriginalWording.Cause(verdict))), TextVocabulary.Turn];

    public Judgement Judge(Deal deal, ReadOnlySpan<int> answer)
    {
        var end = answer.IndexOf(TextVocabulary.Eos);
        return OriginalWording.Judge(Pieces.Decode(end < 0 ? answer : answer[..end]), deal, task);
    }

    public (int[] Prompt, int[] Answer) Map(Deal deal) => (Ask($"Cards: {OriginalWording.Cards(deal)}\n{deal.Rule.Sentence()}"), Say(string.Join(", ", deal.Numbers)));

    public (int[] Prompt, int[] Answer) Eval(int[] expression, int value) => (Ask($"Expression: {Vocabulary.Text(expression)}"), Say(value.ToString(CultureInfo.InvariantCulture)));

    public (int[] Prompt, int[] Answer) Solve(int[] numbers, int[] formula) => (Ask($"Numbers: [{string.Join(", ", numbers)}]"), Say($"{Vocabulary.Text(formula)}={task.Target}"));

    private static int[] Ask(string text) => [TextVocabulary.Bos, .. Pieces.Encode(text), TextVocabulary.Turn];

    private static int[] Say(string text) => [.. Pieces.Encode(text), TextVocabulary.Eos];
}
