namespace Crescent.Kernels.Jobs;

/// <summary>Which checkpoints the subscribers of a job want, as it stands now: subscribers come and go while the job runs.</summary>
/// <param name="Steps">Steps that are wanted or committed, rising. The kernel commits a checkpoint at each that it passes; one that was committed before must come out with the same bytes.</param>
/// <param name="Missing">Those that are not committed yet and that this attempt is to make, rising. After <see cref="Completed"/>, steps that lie nearer to another snapshot are left to another attempt.</param>
/// <param name="Completed">An earlier attempt has reached the end: after the last missing step there is nothing left to do.</param>
public sealed record CheckpointSchedule(IReadOnlyList<int> Steps, IReadOnlyList<int> Missing, bool Completed)
{
    /// <summary>Nobody wants checkpoints: the job has other outcomes.</summary>
    public static CheckpointSchedule None { get; } = new([], [], Completed: false);

    public bool IsDoneAfter(int step) => Completed && !Missing.Any(missing => missing > step);
}
