using Crescent.Chaos.Faults;
using Crescent.Chaos.Histories;

namespace Crescent.EndToEnd.Tests.Chaos;

/// <summary>The checker is only worth something if it finds what is broken: each test breaks a good history in one way.</summary>
public sealed class HistoryCheckerTests
{
    private const string Spec = "spec";
    private static readonly string Key = new('a', 64);
    private static readonly string Weights = new('b', 64);

    /// <summary>An experiment of one run, whose job was taken over once and completed by the second attempt.</summary>
    private static readonly History Good = new()
    {
        Experiments = [new ExperimentFact("e1", "succeeded", 3)],
        Events = [Event(1, "experiment-started"), Event(2, "run-started"), Event(3, "experiment-succeeded")],
        Runs = [new RunFact("e1/sft", "e1", "sft", "succeeded", Key)],
        Jobs = [new JobFact(1, Key, "sft", "succeeded", 2, null, null, 2)],
        Attempts = [new AttemptFact(1, 1, "w1", "lease-expired"), new AttemptFact(1, 2, "w2", "succeeded")],
        Outcomes = [new OutcomeFact(1, 1, 1, "checkpoint", 4, 1), new OutcomeFact(2, 1, 2, "completed", 0, 2)],
        Artifacts = [new ArtifactFact(1, 1, "checkpoint-4.safetensors", "checkpoint", Weights, false)],
        Subscriptions = [new SubscriptionFact("e1/sft", 1, true, 2, false)],
        Submits = [new SubmitFact("k1", "e1", Spec), new SubmitFact("k1", "e1", Spec)],
        Followed = [Event(1, "experiment-started"), Event(2, "run-started"), Event(3, "experiment-succeeded")],
        Journal = [new JournalEntry(true, Key, 1, "w1", 0, 10, false), new JournalEntry(false, Key, 1, "w1", 20, 30, false), new JournalEntry(true, Key, 2, "w2", 100, 110, false), new JournalEntry(false, Key, 2, "w2", 120, 130, true)],
    };

    public static TheoryData<string, History> Broken => new()
    {
        { "submit-lost", Good with { Submits = [.. Good.Submits, new SubmitFact("k2", "e2", "another")] } },
        { "submit-doubled", Good with { Submits = [Good.Submits[0], new SubmitFact("k1", "e2", "another")], Experiments = [.. Good.Experiments, new ExperimentFact("e2", "succeeded", 0)] } },
        { "event-sequence", Good with { Events = [Good.Events[0], Good.Events[2]], Followed = [] } },
        { "event-sequence", Good with { Events = [.. Good.Events, Good.Events[1] with { Type = "again" }], Followed = [] } },
        { "event-sequence", Good with { Experiments = [Good.Experiments[0] with { LastSequence = 4 }] } },
        { "follower", Good with { Followed = [Good.Followed[0], Good.Followed[2]] } },
        { "follower", Good with { Followed = [Good.Followed[0], Good.Followed[0], Good.Followed[1]] } },
        { "follower", Good with { Followed = [Good.Followed[0] with { Type = "another" }] } },
        { "outcome-sequence", Good with { Outcomes = [Good.Outcomes[0], Good.Outcomes[1] with { Sequence = 3 }] } },
        { "outcome-sequence", Good with { Jobs = [Good.Jobs[0] with { Outcomes = 3 }] } },
        { "outcome-doubled", Good with { Outcomes = [Good.Outcomes[0], Good.Outcomes[1] with { Kind = "checkpoint", Step = 4 }] } },
        { "completion", Good with { Attempts = [Good.Attempts[0] with { Ending = "succeeded" }, Good.Attempts[1]] } },
        { "completion", Good with { Attempts = [Good.Attempts[0], Good.Attempts[1] with { Ending = "released" }] } },
        { "completion", Good with { Jobs = [Good.Jobs[0] with { Scheduled = true }], Attempts = [Good.Attempts[0] with { Ending = "replayed" }, Good.Attempts[1]] } },
        { "completion", Good with { Jobs = [Good.Jobs[0] with { Scheduled = true }], Attempts = [Good.Attempts[0], Good.Attempts[1] with { Ending = "released" }] } },
        { "outcome-epoch", Good with { Outcomes = [Good.Outcomes[0], Good.Outcomes[1] with { Epoch = 3 }] } },
        { "claimed-twice", Good with { Journal = [.. Good.Journal, Good.Journal[0] with { Owner = "w3" }] } },
        { "fencing", Good with { Journal = [.. Good.Journal, Good.Journal[1] with { Begun = 111, Told = 115 }] } },
        { "completed-twice", Good with { Journal = [.. Good.Journal, Good.Journal[1] with { Completes = true }] } },
        { "blob-missing", Good with { BadBlobs = new Dictionary<string, string> { [Weights] = "missing" } } },
        { "blob-damaged", Good with { BadBlobs = new Dictionary<string, string> { [Weights] = "damaged" } } },
        { "unfinished", Good with { Experiments = [Good.Experiments[0] with { Phase = "running" }] } },
        { "running-on", Good with { Jobs = [.. Good.Jobs, new JobFact(2, new string('c', 64), "sft", "running", 1, "w1", 5, 0)] } },
        { "undelivered", Good with { Subscriptions = [Good.Subscriptions[0] with { Acknowledged = 1, Pending = true }] } },
        { "delivery-lost", Good with { Runs = [Good.Runs[0] with { Phase = "running" }] } },
        { "result", Good with { Artifacts = [Good.Artifacts[0] with { Sha256 = new string('d', 64) }] } },
        { "result", Good with { Artifacts = [] } },
    };

    [Fact]
    public void CheckAtRest_GoodHistory_FindsNothing() => Assert.Empty(HistoryChecker.CheckAtRest(Good, Undisturbed()));

    [Theory]
    [MemberData(nameof(Broken))]
    public void CheckAtRest_BrokenHistory_NamesThePromise(string rule, History history) => Assert.Equal([rule], HistoryChecker.CheckAtRest(history, Undisturbed()).Select(breach => breach.Rule).Distinct());

    [Fact]
    public void CheckAlways_FinishedTrainingTakenUpAgain_FindsNothing() => Assert.Empty(HistoryChecker.CheckAlways(Good with
    {
        Jobs = [Good.Jobs[0] with { Scheduled = true, Phase = "running", Owner = "w1", LeaseUntil = 5 }],
        Attempts = [.. Good.Attempts, new AttemptFact(1, 3, "w1", "replayed"), new AttemptFact(1, 4, "w1", null)],
    }));

    [Fact]
    public void CheckAlways_MiddleOfARun_FindsNothing() => Assert.Empty(HistoryChecker.CheckAlways(Good with
    {
        Experiments = [new ExperimentFact("e1", "running", 2)],
        Events = [.. Good.Events.Take(2)],
        Followed = [Good.Followed[0]],
        Jobs = [Good.Jobs[0] with { Phase = "running", Owner = "w2", LeaseUntil = 5, Outcomes = 1 }],
        Attempts = [Good.Attempts[0], Good.Attempts[1] with { Ending = null }],
        Outcomes = [Good.Outcomes[0]],
        Journal = [.. Good.Journal.Take(3)],
    }));

    [Theory]
    [InlineData(100, 10L, false)]
    [InlineData(151, 10L, true)]
    [InlineData(151, 120L, false)]
    [InlineData(1000, null, false)]
    public void CheckLeases_RunningAfterItsLease_IsABreachOnceSomebodyCouldHaveEndedIt(long at, long? controlSince, bool breach)
    {
        var sample = new LeaseSample(at, controlSince, [new JobFact(1, Key, "sft", "running", 1, "w1", 100, 0)]);

        Assert.Equal(breach, HistoryChecker.CheckLeases(sample, TimeSpan.FromTicks(50)).Count == 1);
    }

    private static Dictionary<string, IReadOnlyDictionary<string, string>> Undisturbed() => new() { [Spec] = new Dictionary<string, string> { ["sft/checkpoint-4.safetensors"] = Weights } };

    private static EventFact Event(long sequence, string type) => new("e1", sequence, type, "{}");
}
