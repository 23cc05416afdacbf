using Crescent.Storage.Artifacts;
using Crescent.Storage.Postgres;
using Crescent.Storage.Sql;
using Npgsql;

namespace Crescent.Storage.Jobs;

/// <summary>
/// The job queue on PostgreSQL. What every job goes through is done for many at once: calls that come together share a statement, a round trip and a commit, and a claim passes over rows that others hold (<c>FOR UPDATE SKIP LOCKED</c>).
/// What is rarer is <see cref="SqlJobQueue"/>'s, under row locks. Every batch guards its rows as a single call would.
/// </summary>
public sealed partial class PostgresJobQueue : SqlJobQueue
{
    private const int MaxTogether = 256;

    private readonly PostgresDatabase database;
    private readonly TimeProvider clock;
    private readonly Combiner<NewSubscription, bool> subscriptions;
    private readonly Combiner<ClaimCall, JobClaim?> claims;
    private readonly Combiner<CompletionCall, Completion> completions;
    private readonly Combiner<Acknowledgement, bool> acknowledgements;

    public PostgresJobQueue(PostgresDatabase database, IBlobStore blobs, TimeProvider clock, JobQueueOptions? options = null)
        : base(database, blobs, clock, options)
    {
        this.clock = clock;
        this.database = database;
        subscriptions = new(SubscribeManyAsync, MaxTogether);
        claims = new(ClaimManyAsync, MaxTogether);
        completions = new(CompleteManyAsync, MaxTogether);
        acknowledgements = new(AcknowledgeManyAsync, MaxTogether);
    }

    /// <summary>Runs statements as one transaction in one round trip, and reads the rows of the last one.</summary>
    private async Task<List<T>> RunAsync<T>(IReadOnlyList<(string Sql, object?[] Values)> statements, Func<SqlRow, T> read)
    {
        for (var last = false; ; last = true)
        {
            try
            {
                await using var connection = await database.Source.OpenConnectionAsync();
                await using var batch = new NpgsqlBatch(connection);
                foreach (var (sql, values) in statements)
                {
                    var command = new NpgsqlBatchCommand(sql);
                    foreach (var value in values)
                    {
                        command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
                    }

                    batch.BatchCommands.Add(command);
                }

                await using var reader = await batch.ExecuteReaderAsync();
                for (var i = 1; i < statements.Count; i++)
                {
                    await reader.NextResultAsync();
                }

                var rows = new List<T>();
                while (await reader.ReadAsync())
                {
                    rows.Add(read(new SqlRow(reader)));
                }

                return rows;
            }
            catch (PostgresException e) when (!last && e.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure)
            {
                // Undone as a whole: once more.
            }
            catch (NpgsqlException e)
            {
                throw StorageErrors.Of(e);
            }
        }
    }
}
