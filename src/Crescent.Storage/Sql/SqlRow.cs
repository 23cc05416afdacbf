using System.Data.Common;

namespace Crescent.Storage.Sql;

/// <summary>The current row of a query, read by position.</summary>
public readonly struct SqlRow(DbDataReader reader)
{
    public string Text(int column) => reader.GetString(column);

    public string? TextOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    public int Number(int column) => reader.GetInt32(column);

    public int? NumberOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetInt32(column);

    public long Large(int column) => reader.GetInt64(column);

    public long? LargeOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetInt64(column);

    public bool Flag(int column) => reader.GetBoolean(column);

    /// <summary>NaN where the column is null.</summary>
    public double Real(int column) => reader.IsDBNull(column) ? double.NaN : reader.GetDouble(column);

    public DateTimeOffset Time(int column) => new(reader.GetInt64(column), TimeSpan.Zero);

    public DateTimeOffset? TimeOrNull(int column) => reader.IsDBNull(column) ? null : Time(column);

    public TimeSpan Duration(int column) => new(reader.GetInt64(column));

    public T Json<T>(int column) => Kernels.Jobs.JobJson.Read<T>(reader.GetString(column));

    public T? JsonOrNull<T>(int column)
        where T : class => reader.IsDBNull(column) ? null : Json<T>(column);
}
