using Crescent.Storage.Jobs;

namespace Crescent.Server.Workers;

/// <summary>A job that a slot has claimed.</summary>
/// <param name="ClaimedAt">When the claim began, on the monotonic clock: its lease counts from there.</param>
internal sealed record SlotJob(JobClaim Claim, long ClaimedAt);
