using Crescent.Kernels.Jobs;

namespace Crescent.Storage.Jobs;

/// <summary>Everything but priority and age that decides which worker may claim a job, and when. Empty texts stand for none, so that a unique index sees them as equal.</summary>
/// <param name="Labels">JSON array, sorted, each once.</param>
internal sealed record JobLane(string CodeHash, string Kind, string Study, string Engine, int MemoryMiB, string Accelerator, string Labels)
{
    public static JobLane Of(JobRequest request) => new(
        request.CodeHash, request.Kind, request.Scheduling.Study ?? "", request.Scheduling.Requirements.Engine ?? "", request.Scheduling.Requirements.MemoryMiB, request.Scheduling.Requirements.Accelerator ?? "",
        request.Scheduling.Requirements.Labels.Count == 0 ? "[]" : JobJson.Write(request.Scheduling.Requirements.Labels.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)));

    public static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    public static void CheckLimit(string study, int? maxRunning)
    {
        if (string.IsNullOrEmpty(study) || maxRunning < 0)
        {
            throw new CrescentException("scheduling-invalid", $"The limit of study '{study}' is {maxRunning}; name a study, and give 0 (none for now) or more, or no limit.");
        }
    }
}
