namespace Crescent.Abstractions.Experiments;

/// <summary>The checkpoint of another experiment that this one starts from in place of base training: where it was forked.</summary>
/// <param name="Experiment">Id of the experiment forked.</param>
/// <param name="Checkpoint">The checkpoint's name there: <c>sft-300</c>.</param>
/// <param name="Sha256">Its bytes.</param>
public sealed record ExperimentOrigin(string Experiment, string Checkpoint, string Sha256);
