using Crescent.Kernels.Engines;
using Crescent.Kernels.Randomness;

namespace Crescent.Kernels.Tasks;

/// <summary>One try of an episode.</summary>
/// <param name="Start">Index of the answer's first token in the episode's history.</param>
/// <param name="Answer">What the model wrote, and log p of each token when it was sampled.</param>
public sealed record EpisodeTry(int Start, Generation Answer, Judgement Judgement);

/// <summary>A deal and the dialogue about it: tries until one is correct or none is left, each failed one but the last answered with its cause.</summary>
public sealed class Episode(ITaskDeal deal)
{
    /// <summary>The most tries that an episode may take (verify_iter).</summary>
    public const int MaxTries = 10;

    private readonly List<int> history = [.. deal.Prompt()];
    private readonly List<EpisodeTry> tries = [];

    public ITaskDeal Deal { get; } = deal;

    /// <summary>Prompt, answers and feedback so far.</summary>
    public IReadOnlyList<int> History => history;

    public IReadOnlyList<EpisodeTry> Tries => tries;

    public bool Solved => tries.Count > 0 && tries[^1].Judgement.Verdict == Verdict.Correct;

    /// <summary>The try that solved it, from 1; 0: none did.</summary>
    public int SolvedAt => Solved ? tries.Count : 0;

    /// <summary>Plays one episode for each deal; only the unsolved ones go on to the next try.</summary>
    /// <param name="tries">Tries at most.</param>
    /// <param name="temperature">0: greedy.</param>
    /// <param name="key">Key of the random numbers of (episode, try), both from 0.</param>
    public static Episode[] Play(IEngine engine, TaskFormat format, IReadOnlyList<ITaskDeal> deals, int tries, float temperature, Func<int, int, RandomKey> key)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(format);
        ArgumentNullException.ThrowIfNull(deals);
        ArgumentNullException.ThrowIfNull(key);
        var episodes = deals.Select(deal => new Episode(deal)).ToArray();
        var sampling = new SamplingSpec(format.Answer, format.Eos, temperature);
        for (var number = 0; number < tries; number++)
        {
            var open = Enumerable.Range(0, episodes.Length).Where(i => !episodes[i].Solved).ToArray();
            if (open.Length == 0)
            {
                break;
            }

            var answers = engine.Generate([.. open.Select(i => episodes[i].Ask())], sampling, [.. open.Select(i => key(i, number))]);
            for (var j = 0; j < open.Length; j++)
            {
                episodes[open[j]].Take(answers[j]);
            }
        }

        return episodes;
    }

    /// <summary>What the model reads next: the history, after feedback on the last try if there was one.</summary>
    private int[] Ask()
    {
        if (tries.Count > 0)
        {
            history.AddRange(Deal.Feedback(tries[^1].Judgement));
        }

        return [.. history];
    }

    private void Take(Generation answer)
    {
        tries.Add(new EpisodeTry(history.Count, answer, Deal.Judge(answer.Tokens)));
        history.AddRange(answer.Tokens);
    }
}
