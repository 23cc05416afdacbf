namespace Crescent.Storage.Experiments;

/// <summary>What people ask of experiments that are there: stored before it is answered, taken in by the experiment's grain in the order of acceptance, and settled once what follows from it is durable.</summary>
public interface IExperimentRequests
{
    /// <summary>The request, or the submit, that was accepted under an idempotency key; null while there is none.</summary>
    /// <exception cref="CrescentException"><c>idempotency-conflict</c>: the key was used for something else.</exception>
    Task<AcceptedKey?> FindKeyAsync(IdempotencyKey key, CancellationToken cancellation = default);

    /// <summary>Makes a request durable and numbers it. The same key with the same content gives the first request again.</summary>
    /// <exception cref="CrescentException"><c>idempotency-conflict</c>: the key was used for something else.</exception>
    Task<RequestRow> AcceptAsync(string experimentId, string verb, string body, IdempotencyKey? key, CancellationToken cancellation = default);

    /// <summary>Requests of an experiment that are accepted and not settled, in their order.</summary>
    Task<IReadOnlyList<RequestRow>> OpenAsync(string experimentId, CancellationToken cancellation = default);

    /// <summary>Notes that a request was taken in, or why it could not be met. Idempotent: the first note stands.</summary>
    Task SettleAsync(string experimentId, long number, string? refusal, CancellationToken cancellation = default);

    Task<RequestRow?> FindRequestAsync(string experimentId, long number, CancellationToken cancellation = default);

    /// <summary>Stores a resolved spec by its hash. Idempotent.</summary>
    Task StoreSpecAsync(string specHash, string spec, CancellationToken cancellation = default);
}

/// <param name="Key">As the client chose it.</param>
/// <param name="ContentHash">Hash of everything that was asked: a repeat must agree.</param>
public sealed record IdempotencyKey(string Key, string ContentHash);

/// <param name="Request">Number of the request; null: the key made the experiment.</param>
public sealed record AcceptedKey(string ExperimentId, long? Request);

/// <param name="Number">1, 2, ... within the experiment.</param>
/// <param name="Verb"><c>pause</c>, <c>resume</c>, <c>cancel</c>, <c>retry</c>, <c>extend</c>.</param>
/// <param name="Body">JSON; <c>{}</c> where the verb says everything.</param>
/// <param name="SettledAt">Null until its consequences are durable.</param>
/// <param name="Refusal">Why it could not be met; null where it was.</param>
public sealed record RequestRow(string ExperimentId, long Number, string Verb, string Body, DateTimeOffset AcceptedAt, DateTimeOffset? SettledAt, string? Refusal);
