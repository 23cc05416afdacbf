using System.Text;
using Crescent.Kernels.Jobs;
using Crescent.Storage.Artifacts;

namespace Crescent.Storage.Jobs;

/// <summary>What a commit must be, whatever the database.</summary>
internal static class JobCommitRules
{
    private const int MaxPayloadBytes = 64 * 1024;

    /// <summary>Refuses a malformed commit before anything is written.</summary>
    public static void Check(JobCommitRecord commit)
    {
        foreach (var reference in References(commit))
        {
            Require(reference.Name.Length is > 0 and <= 200 && reference.Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_'), $"artifact name '{reference.Name}' has other characters than letters, digits, '.', '-', '_'");
            Require(BlobNames.IsValid(reference.Sha256), $"artifact {reference.Name} has a malformed hash '{reference.Sha256}'");
        }

        foreach (var outcome in commit.Outcomes)
        {
            Require(Encoding.UTF8.GetByteCount(outcome.Payload) <= MaxPayloadBytes, $"the payload of outcome {outcome.Kind} at step {outcome.Step} is over {MaxPayloadBytes} bytes; put large data into an artifact");
        }

        var repeated = commit.Outcomes.GroupBy(outcome => (outcome.Kind, outcome.Step)).FirstOrDefault(group => group.Count() > 1);
        Require(repeated is null, $"outcome {repeated?.Key.Kind} at step {repeated?.Key.Step} stands twice in one commit");
        var names = commit.Outcomes.SelectMany(outcome => outcome.Artifacts).GroupBy(artifact => artifact.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        Require(names is null, $"artifact {names?.Key} stands twice in one commit");

        static void Require(bool condition, string problem)
        {
            if (!condition)
            {
                throw new CrescentException("commit-invalid", $"The commit is refused: {problem}.");
            }
        }
    }

    public static IEnumerable<ArtifactReference> References(JobCommitRecord commit) =>
        commit.Outcomes.SelectMany(outcome => outcome.Artifacts).Concat(commit.Snapshot is { } snapshot ? [snapshot] : []);

    public static string Hash(JobOutcomeRecord outcome) => JobJson.Hash(JobJson.Write(outcome));

    public static JobFailure OtherBytes(string key, JobOutcomeRecord outcome) =>
        new("not-deterministic", $"Outcome {outcome.Kind} at step {outcome.Step} of job {key} came again with other bytes: the same spec and inputs gave two results.", Retryable: false);

    public static JobFailure NameTaken(string key, ArtifactReference taken) =>
        new("not-deterministic", $"Artifact {taken.Name} of job {key} belongs to an earlier outcome already; artifact names are unique in a job.", Retryable: false);

    public static CrescentException Collected(string sha256) => new("artifact-missing", $"Blob {sha256} was collected before it was committed; write it again.", retryable: true);
}
