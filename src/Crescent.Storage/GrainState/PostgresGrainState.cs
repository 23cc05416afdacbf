using System.Data.Common;
using Crescent.Storage.Postgres;

namespace Crescent.Storage.GrainState;

/// <summary>Grain state in Crescent's PostgreSQL database, over the pool of its stores.</summary>
internal sealed class PostgresGrainState(PostgresDatabase database) : GrainStateSource
{
    public override string Invariant => OrleansSchema.PostgresInvariant;

    public override string ConnectionString => database.Source.ConnectionString;

    protected override DbConnection CreateDbConnection() => database.Source.CreateConnection();

    protected override DbConnection OpenDbConnection() => database.Source.OpenConnection();

    protected override async ValueTask<DbConnection> OpenDbConnectionAsync(CancellationToken cancellationToken = default) => await database.Source.OpenConnectionAsync(cancellationToken);
}
