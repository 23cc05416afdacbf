namespace Crescent.Kernels.Randomness;

/// <summary>What a stream of random numbers is for; part of its key, so that no two purposes share numbers. Never renumber.</summary>
public enum RandomPurpose : uint
{
    Initialisation = 1,
    BaseData = 2,
    SftData = 3,
    RecoveryDeals = 4,
    RecoverySampling = 5,
    RewardShuffle = 6,
    EvaluationDeals = 7,
    EvaluationSampling = 8,
    SpectralNull = 9,
    InterventionControl = 10,
    Bootstrap = 11,
    EmbeddingNoise = 12,
    BaseDistance = 32,
    SignFlip = 13,
    SftDataSet = 14,
    SftEpochOrder = 15,
    City = 16,
    EvaluationMatrices = 17,
}

/// <summary>
/// Names one stream of a counter-based generator: the numbers depend on the key and the counter alone, never on what was drawn elsewhere or in which order.
/// </summary>
/// <param name="Seed">The experiment's seed.</param>
/// <param name="Index">Step, episode, example or layer.</param>
/// <param name="Position">A second index inside the first.</param>
public readonly record struct RandomKey(ulong Seed, RandomPurpose Purpose, uint Index, uint Position = 0);
