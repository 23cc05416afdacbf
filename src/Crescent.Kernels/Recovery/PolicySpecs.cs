using Crescent.Kernels.Objectives;

namespace Crescent.Kernels.Recovery;

public enum KlPlace
{
    None,

    /// <summary>Taken off the rewards, under the policy that acted.</summary>
    Reward,

    /// <summary>A term of the loss.</summary>
    Loss,
}

/// <summary>Keeps the policy near a reference.</summary>
/// <param name="Beta">Its weight; over 0 unless <paramref name="Place"/> is none.</param>
/// <param name="Clamp">Log-ratios are clamped to it, in nats.</param>
/// <param name="Reference"><c>start</c>: the checkpoint that the run starts from; <c>base</c>: the experiment's base.</param>
public sealed record KlSpec(KlPlace Place = KlPlace.None, KlEstimator Estimator = KlEstimator.K3, double Beta = 0, double Clamp = 20, string Reference = ObjectiveReferences.Start);

/// <summary>What one action is.</summary>
public enum PolicyAction
{
    Token,

    /// <summary>A whole answer: one ratio of weighted log-probabilities, one advantage, one value.</summary>
    Turn,
}

/// <summary>Settings of <c>ppo</c> beside those that all algorithms have.</summary>
/// <param name="Action">Over what advantages are estimated.</param>
/// <param name="GaeLambda">lambda of the advantages.</param>
/// <param name="TokenDiscount">Discount from a token to the next of the same answer; from answer to answer it is the run's discount.</param>
/// <param name="ValueCoefficient">Weight of the critic's loss.</param>
/// <param name="ValueClip">How far a value may move from the old one before its loss stops falling; null: as far as it likes.</param>
/// <param name="Whiten">Advantages to mean 0 and deviation 1 over all actions of an update.</param>
/// <param name="ReachesTrunk">Whether the critic's gradient reaches the decoder, or only its own head.</param>
/// <param name="PrefixWeight">Weight of the tokens before an answer's formula or action in the ratio of a turn, and of the others 1; 1: none counts less.</param>
public sealed record PpoSpec(
    PolicyAction Action = PolicyAction.Token,
    double GaeLambda = 0.95,
    double TokenDiscount = 1,
    double ValueCoefficient = 0.5,
    double? ValueClip = null,
    bool Whiten = true,
    bool ReachesTrunk = true,
    double PrefixWeight = 1);
