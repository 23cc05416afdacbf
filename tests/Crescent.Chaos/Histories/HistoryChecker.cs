namespace Crescent.Chaos.Histories;

/// <param name="Rule">Which promise is broken: a word of <see cref="HistoryChecker"/>.</param>
public sealed record Breach(string Rule, string Detail)
{
    public override string ToString() => $"{Rule}: {Detail}";
}

/// <summary>Proves from a history that the promises were kept, or says which was not. Pure; docs/reliability.md lists the promises.</summary>
public static class HistoryChecker
{
    private static readonly string[] Terminal = ["succeeded", "failed", "cancelled"];

    /// <summary>What holds at every moment, also in the middle of a fault.</summary>
    public static IReadOnlyList<Breach> CheckAlways(History history)
    {
        ArgumentNullException.ThrowIfNull(history);
        return [.. Submits(history), .. Events(history), .. Followers(history), .. Commits(history), .. Fencing(history), .. Blobs(history)];
    }

    /// <summary>What holds once every fault has ended and every experiment has had time to end; includes <see cref="CheckAlways"/>.</summary>
    /// <param name="undisturbed">By spec: run and name of each artifact of an undisturbed run of it, to its hash.</param>
    public static IReadOnlyList<Breach> CheckAtRest(History history, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> undisturbed)
    {
        ArgumentNullException.ThrowIfNull(history);
        ArgumentNullException.ThrowIfNull(undisturbed);
        return [.. CheckAlways(history), .. Ends(history), .. Deliveries(history), .. Results(history, undisturbed)];
    }

    /// <summary>No job is shown as running longer than its lease and <paramref name="epsilon"/>, while a control process serves that could have ended it.</summary>
    public static IReadOnlyList<Breach> CheckLeases(LeaseSample sample, TimeSpan epsilon)
    {
        ArgumentNullException.ThrowIfNull(sample);
        return
        [
            .. sample.Jobs
                .Where(job => job.Phase == "running" && sample.ControlSince is { } since && Math.Max(job.LeaseUntil ?? 0, since) + epsilon.Ticks < sample.At)
                .Select(job => new Breach("lease", $"{job.Kind} {job.Key[..Math.Min(12, job.Key.Length)]} is running {TimeSpan.FromTicks(sample.At - (job.LeaseUntil ?? 0)).TotalSeconds:0.0} s after the end of its lease")),
        ];
    }

    /// <summary>Run and artifact name to hash, of one experiment; runs without the experiment's id. Snapshots are no results.</summary>
    public static IReadOnlyDictionary<string, string> ResultsOf(History history, string experiment)
    {
        ArgumentNullException.ThrowIfNull(history);
        var jobs = history.Jobs.ToDictionary(job => job.Key, job => job.Id);
        var artifacts = history.Artifacts.Where(artifact => !artifact.Snapshot).ToLookup(artifact => artifact.Job);
        return history.Runs
            .Where(run => run.Experiment == experiment && run.JobKey is not null && jobs.ContainsKey(run.JobKey))
            .SelectMany(run => artifacts[jobs[run.JobKey!]].Select(artifact => (Name: $"{run.Id[(experiment.Length + 1)..]}/{artifact.Name}", artifact.Sha256)))
            .ToDictionary(artifact => artifact.Name, artifact => artifact.Sha256);
    }

    /// <summary>No acknowledged submit is lost, and a repeated one gives the same experiment.</summary>
    private static IEnumerable<Breach> Submits(History history)
    {
        var known = history.Experiments.Select(experiment => experiment.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var submit in history.Submits.Where(submit => !known.Contains(submit.Experiment)))
        {
            yield return new Breach("submit-lost", $"experiment {submit.Experiment} was acknowledged and is not there");
        }

        foreach (var group in history.Submits.GroupBy(submit => submit.Key).Where(group => group.Select(submit => submit.Experiment).Distinct().Count() > 1))
        {
            yield return new Breach("submit-doubled", $"key {group.Key} gave {string.Join(" and ", group.Select(submit => submit.Experiment).Distinct())}");
        }
    }

    /// <summary>Events are numbered 1, 2, ... without gaps and without repetition, and rows show just what the log says.</summary>
    private static IEnumerable<Breach> Events(History history)
    {
        var logs = history.Events.ToLookup(happened => happened.Experiment);
        foreach (var experiment in history.Experiments)
        {
            var sequences = logs[experiment.Id].Select(happened => happened.Sequence).Order().ToList();
            var wrong = sequences.Where((sequence, i) => sequence != i + 1).Take(1).ToList();
            if (wrong.Count > 0)
            {
                yield return new Breach("event-sequence", $"the log of {experiment.Id} is not 1, 2, ...: {wrong[0]} stands where it should not");
            }
            else if (experiment.LastSequence != sequences.Count)
            {
                yield return new Breach("event-sequence", $"the row of {experiment.Id} reflects event {experiment.LastSequence}, its log ends with {sequences.Count}");
            }
        }
    }

    /// <summary>A follower receives every event once, in order, as it is in the log.</summary>
    private static IEnumerable<Breach> Followers(History history)
    {
        var logs = history.Events.ToLookup(happened => (happened.Experiment, happened.Sequence));
        foreach (var followed in history.Followed.GroupBy(happened => happened.Experiment))
        {
            foreach (var (i, happened) in followed.Index())
            {
                if (happened.Sequence != i + 1)
                {
                    yield return new Breach("follower", $"a follower of {followed.Key} received event {happened.Sequence} where {i + 1} was due");
                    break;
                }

                var logged = logs[(happened.Experiment, happened.Sequence)].Select(entry => entry.Type).FirstOrDefault();
                if (logged != happened.Type)
                {
                    yield return new Breach("follower", $"a follower of {followed.Key} received event {happened.Sequence} ({happened.Type}), the log has {logged ?? "none"}");
                    break;
                }
            }
        }
    }

    /// <summary>Each job completes once, by one attempt; one with a schedule may be taken up again after that, for checkpoints that are wanted late. Outcomes are numbered without gaps, unique by kind and step.</summary>
    private static IEnumerable<Breach> Commits(History history)
    {
        var outcomes = history.Outcomes.ToLookup(outcome => outcome.Job);
        var attempts = history.Attempts.ToLookup(attempt => attempt.Job);
        foreach (var job in history.Jobs)
        {
            var name = $"{job.Kind} {job.Key[..Math.Min(12, job.Key.Length)]}";
            var sequences = outcomes[job.Id].Select(outcome => outcome.Sequence).Order().ToList();
            if (!sequences.SequenceEqual(Enumerable.Range(1, sequences.Count)) || sequences.Count != job.Outcomes)
            {
                yield return new Breach("outcome-sequence", $"{name} says {job.Outcomes} outcomes and has {string.Join(",", sequences)}");
            }

            if (outcomes[job.Id].GroupBy(outcome => (outcome.Kind, outcome.Step)).FirstOrDefault(group => group.Count() > 1) is { } repeated)
            {
                yield return new Breach("outcome-doubled", $"{name} has committed {repeated.Key.Kind} of step {repeated.Key.Step} {repeated.Count()} times");
            }

            var completions = attempts[job.Id].Count(attempt => attempt.Ending == "succeeded");
            if (completions > 1 || ((job.Phase == "succeeded") != (completions == 1) && !(job.Scheduled && completions == 1)))
            {
                yield return new Breach("completion", $"{name} is {job.Phase} and {completions} attempts have completed it");
            }

            if (attempts[job.Id].FirstOrDefault(attempt => attempt.Ending == "replayed" && !attempts[job.Id].Any(earlier => earlier.Ending == "succeeded" && earlier.Epoch < attempt.Epoch)) is { } early)
            {
                yield return new Breach("completion", $"{name} was taken up again by epoch {early.Epoch}, before its end");
            }

            if (outcomes[job.Id].FirstOrDefault(outcome => !attempts[job.Id].Any(attempt => attempt.Epoch == outcome.Epoch)) is { } orphan)
            {
                yield return new Breach("outcome-epoch", $"{name} has outcome {orphan.Sequence} of epoch {orphan.Epoch}, which no attempt had");
            }
        }
    }

    /// <summary>What workers were told: nobody commits after a later attempt was handed out, each epoch is handed out once, and one attempt completes.</summary>
    private static IEnumerable<Breach> Fencing(History history)
    {
        foreach (var job in history.Journal.GroupBy(entry => entry.Key))
        {
            var claims = job.Where(entry => entry.Claim).ToList();
            if (claims.GroupBy(claim => claim.Epoch).FirstOrDefault(group => group.Count() > 1) is { } twice)
            {
                yield return new Breach("claimed-twice", $"job {job.Key[..12]} epoch {twice.Key} was handed to {string.Join(" and ", twice.Select(claim => claim.Owner))}");
            }

            foreach (var commit in job.Where(entry => !entry.Claim))
            {
                if (claims.FirstOrDefault(claim => claim.Epoch > commit.Epoch && claim.Told < commit.Begun) is { } later)
                {
                    yield return new Breach("fencing", $"job {job.Key[..12]}: {commit.Owner} committed under epoch {commit.Epoch} after epoch {later.Epoch} had been handed to {later.Owner}");
                }
            }

            var completions = job.Where(entry => entry.Completes).Select(entry => entry.Epoch).Distinct().ToList();
            if (completions.Count > 1)
            {
                yield return new Breach("completed-twice", $"job {job.Key[..12]} was completed by epochs {string.Join(" and ", completions)}");
            }
        }
    }

    /// <summary>No row without its blob, and no blob with other bytes than its name says.</summary>
    private static IEnumerable<Breach> Blobs(History history) => history.Artifacts
        .Where(artifact => history.BadBlobs.ContainsKey(artifact.Sha256))
        .DistinctBy(artifact => artifact.Sha256)
        .Select(artifact => new Breach($"blob-{history.BadBlobs[artifact.Sha256]}", $"{artifact.Name} ({artifact.Sha256[..12]}) of job {artifact.Job}"));

    /// <summary>Everything has ended, and nothing runs on for an experiment that has.</summary>
    private static IEnumerable<Breach> Ends(History history)
    {
        foreach (var experiment in history.Experiments.Where(experiment => !Terminal.Contains(experiment.Phase)))
        {
            yield return new Breach("unfinished", $"experiment {experiment.Id} is {experiment.Phase}: {string.Join(", ", history.Runs.Where(run => run.Experiment == experiment.Id && run.Phase is "running" or "pending").Select(run => $"{run.Id[(run.Experiment.Length + 1)..]} {run.Phase}").Take(4))}");
        }

        foreach (var job in history.Jobs.Where(job => job.Phase == "running"))
        {
            yield return new Breach("running-on", $"{job.Kind} {job.Key[..12]} is held by {job.Owner} after the end of everything");
        }
    }

    /// <summary>What a run has acknowledged has reached its experiment.</summary>
    private static IEnumerable<Breach> Deliveries(History history)
    {
        var jobs = history.Jobs.ToDictionary(job => job.Id);
        var runs = history.Runs.ToDictionary(run => run.Id);
        foreach (var subscription in history.Subscriptions.Where(subscription => subscription.Active))
        {
            var job = jobs[subscription.Job];
            if (subscription.Pending)
            {
                yield return new Breach("undelivered", $"{subscription.Run} has not heard of outcomes after {subscription.Acknowledged} of {job.Outcomes}");
            }
            else if (job.Phase == "succeeded" && runs.TryGetValue(subscription.Run, out var run) && run.Phase is "running" or "pending")
            {
                yield return new Breach("delivery-lost", $"{subscription.Run} is {runs[subscription.Run].Phase}; its job has succeeded and every outcome is acknowledged");
            }
        }
    }

    /// <summary>Bit for bit what an undisturbed run makes.</summary>
    private static IEnumerable<Breach> Results(History history, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> undisturbed) =>
        from submit in history.Submits.DistinctBy(submit => submit.Experiment)
        where undisturbed.ContainsKey(submit.Spec)
        from difference in ChaosComparison.Differences(undisturbed[submit.Spec], ResultsOf(history, submit.Experiment))
        select new Breach("result", $"{submit.Experiment}: {difference}");
}
