using System.Runtime.CompilerServices;
using Crescent.Storage.Sql;

namespace Crescent.Storage.Jobs;

/// <summary>Points of curves, many by each statement. One that is there already costs a look-up, however long the curve is.</summary>
internal static class SqlMetrics
{
    private const int RowsPerStatement = 64;

    private static readonly string One = Insert(1);
    private static readonly string Many = Insert(RowsPerStatement);

    public static void Add(SqlSession session, long jobId, IReadOnlyList<MetricPoint> points)
    {
        foreach (var chunk in points.Chunk(RowsPerStatement))
        {
            if (chunk.Length == RowsPerStatement)
            {
                session.Execute(FormattableStringFactory.Create(Many, [jobId, .. chunk.SelectMany(Values)]));
                continue;
            }

            foreach (var point in chunk)
            {
                session.Execute(FormattableStringFactory.Create(One, [jobId, .. Values(point)]));
            }
        }
    }

    private static object[] Values(MetricPoint point) => [point.Name, point.Step, point.Value];

    private static string Insert(int rows) =>
        $"INSERT INTO metric (job_id, name, step, value) VALUES {string.Join(", ", Enumerable.Range(0, rows).Select(row => $"({{0}}, {{{1 + (3 * row)}}}, {{{2 + (3 * row)}}}, {{{3 + (3 * row)}}})"))} ON CONFLICT DO NOTHING";
}
