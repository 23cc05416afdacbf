namespace Crescent.Kernels.Tasks.Virl;

/// <summary>
/// The compact form. Prompt: <c>bos NAV SPACE</c>, for each leg <c>TURN direction point WALK sight</c>, <c>sep</c>, then what was observed and done at each waypoint so far, what is observed now, <c>sep</c>.
/// A sight is <c>name side</c> or <c>no-landmark</c>; an observation is a sight, and <c>intersection</c> where there is one. Answer: <c>observation sep sentence action eos</c>. Feedback: <c>FAIL F_kind sep</c>; the history is kept.
/// </summary>
public static class NavigationDialogue
{
    /// <summary>An observation, a separator, the sentence, the action, the end.</summary>
    public const int MaxAnswerLength = MaxObservation + 4;
    public const int FeedbackLength = 3;
    private const int MaxObservation = 3, LegLength = 6;

    /// <summary>Tokens of the longest prompt.</summary>
    public static int MaxPromptLength(int legs, int points) => 3 + (legs * LegLength) + 1 + ((Rail.Longest(legs, points) - 1) * (MaxObservation + 1)) + MaxObservation + 1;

    /// <param name="place">Index of the waypoint that is asked about.</param>
    public static int[] Prompt(Route route, IReadOnlyList<Waypoint> rail, int place, ActionRule rule)
    {
        ArgumentNullException.ThrowIfNull(rail);
        return
        [
            Navigation.Bos, Navigation.Navigate, Space(rule), .. Instructions(route), Navigation.Sep,
            .. rail.Take(place).SelectMany(waypoint => (int[])[.. Observation(waypoint), Action(route, waypoint, rule)]), .. Observation(rail[place]), Navigation.Sep,
        ];
    }

    /// <summary>The sentences of a route: a turn, told in both ways, and a walk to a sight, for each leg.</summary>
    public static IEnumerable<int> Instructions(Route route)
    {
        ArgumentNullException.ThrowIfNull(route);
        return route.Legs.SelectMany((leg, i) => (int[])[.. TurnSentence(route.HeadingBefore(i), leg.Heading), Navigation.Walk, .. Sighted(leg.At)]);
    }

    public static int[] TurnSentence(int from, int to) => [Navigation.Turn, Navigation.Direction(Compass.Turn(from, to)), Navigation.Point(Compass.Point(to))];

    public static int[] Observation(Waypoint waypoint)
    {
        ArgumentNullException.ThrowIfNull(waypoint);
        return waypoint.Intersection ? [.. Sighted(waypoint.At), Navigation.Intersection] : Sighted(waypoint.At);
    }

    public static int[] Answer(Waypoint waypoint, int action) => [.. Observation(waypoint), Navigation.Sep, Navigation.Sentence(waypoint.Sentence), action, Navigation.Eos];

    /// <summary>The right action at a waypoint of a route.</summary>
    public static int Action(Route route, Waypoint waypoint, ActionRule rule)
    {
        ArgumentNullException.ThrowIfNull(route);
        ArgumentNullException.ThrowIfNull(waypoint);
        return waypoint.Move switch
        {
            MoveKind.Forward => Navigation.Forward,
            MoveKind.Stop => Navigation.Stop,
            _ => Turn(route.HeadingBefore(waypoint.Leg), route.Legs[waypoint.Leg].Heading, rule),
        };
    }

    /// <summary>The action that turns from one heading to another.</summary>
    public static int Turn(int from, int to, ActionRule rule) => rule == ActionRule.Absolute ? Navigation.Point(Compass.Point(to)) : Navigation.Direction(Compass.Turn(from, to));

    public static int Space(ActionRule rule) => rule == ActionRule.Absolute ? Navigation.Absolute : Navigation.Relative;

    public static int[] Feedback(Judgement judgement, Waypoint waypoint)
    {
        ArgumentNullException.ThrowIfNull(waypoint);
        var cause = judgement.Verdict switch
        {
            Verdict.WrongRecognition => waypoint.Intersection ? Navigation.FailedAtIntersection : Navigation.FailedNotAtIntersection,
            Verdict.WrongValue => Navigation.FailedAction,
            Verdict.Illegal => Navigation.FailedIllegal,
            _ => throw new ArgumentOutOfRangeException(nameof(judgement), judgement.Verdict, "Only a failed try has feedback."),
        };
        return [Navigation.Fail, cause, Navigation.Sep];
    }

    /// <summary>
    /// Judges an answer: its action first; where that is wrong, whether it saw an intersection where there is none, or none where there is one. Unlike the original's, the feedback at an intersection never denies it.
    /// </summary>
    /// <param name="right">The right action.</param>
    public static Judgement Judge(Waypoint waypoint, int right, ReadOnlySpan<int> answer)
    {
        ArgumentNullException.ThrowIfNull(waypoint);
        answer = answer.IndexOf(Navigation.Eos) is var end and >= 0 ? answer[..end] : answer;
        var separator = answer.IndexOf(Navigation.Sep);
        if (separator < 0 || answer.Length != separator + 3 || !Navigation.IsSentence(answer[^2]) || !Navigation.IsAction(answer[^1]))
        {
            return new Judgement(Verdict.Illegal, Recognised: false);
        }

        var observed = answer[..separator];
        var verdict = answer[^1] == right ? Verdict.Correct : observed.Contains(Navigation.Intersection) != waypoint.Intersection ? Verdict.WrongRecognition : Verdict.WrongValue;
        return new Judgement(verdict, observed.SequenceEqual(Observation(waypoint)));
    }

    private static int[] Sighted(Sight? sight) => sight is null ? [Navigation.NoLandmark] : [Navigation.Name(sight.Name), Navigation.Side(sight.Side)];
}
