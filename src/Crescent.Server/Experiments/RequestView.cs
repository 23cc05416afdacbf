using Crescent.Storage.Experiments;

namespace Crescent.Server.Experiments;

/// <summary>What became of a request on an experiment.</summary>
/// <param name="Number">1, 2, ... within the experiment.</param>
/// <param name="Verb">pause, resume, cancel, retry, extend.</param>
/// <param name="State">accepted: stored, and carried out whatever happens; done: its consequences are durable; refused: the experiment was in no phase for it.</param>
public sealed record RequestView(string Experiment, long Number, string Verb, string State, DateTimeOffset AcceptedAt, DateTimeOffset? SettledAt, string? Refusal)
{
    internal static RequestView From(RequestRow row) => new(
        row.ExperimentId, row.Number, row.Verb, row.SettledAt is null ? "accepted" : row.Refusal is null ? "done" : "refused", row.AcceptedAt, row.SettledAt, row.Refusal);
}
