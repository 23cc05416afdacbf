using Crescent.Kernels.Models;

namespace Crescent.Kernels.Spectra;

/// <summary>
/// Comparison of two checkpoints' singular values and vectors, matrix by matrix. Inputs <c>from</c> and <c>to</c>. Outcome completed: one artifact <c>spectra.json</c> (<see cref="SpectraResult"/>).
/// </summary>
public sealed record SpectraSpec
{
    public required ulong Seed { get; init; }
    public required DecoderSpec Model { get; init; }

    /// <summary>Leading shares of the full rank at which subspaces are compared; each gives a k under the rank.</summary>
    public IReadOnlyList<double> RankShares { get; init; } = [0.10, 0.25, 0.50];

    /// <summary>Further subspaces, as numbers of singular vectors; each must be under the short side of every matrix.</summary>
    public IReadOnlyList<int> Ranks { get; init; } = [];

    /// <summary>Draws of the matched-norm null (a Gaussian and a Haar-rotated change of equal Frobenius norm each).</summary>
    public int NullDraws { get; init; } = 20;

    /// <summary>
    /// Draws of these nulls for the products of each head, W_q^T W_k and W_o W_v, which unlike the single factors do not depend on a choice of basis inside the head; 0 leaves the products out.
    /// </summary>
    public int HeadNullDraws { get; init; } = 3;

    /// <summary>Singular values nearer than this share of the largest are one cluster: their vectors are compared as a subspace, not one by one.</summary>
    public double ClusterGap { get; init; } = 1e-3;
}

/// <param name="From">Hash of the checkpoint compared from.</param>
/// <param name="To">Hash of the checkpoint compared to.</param>
public sealed record SpectraResult(string From, string To, IReadOnlyList<MatrixSpectrum> Matrices)
{
    /// <summary>The products of each head, <see cref="MatrixSpectrum.Part"/> <c>q-k</c> and <c>o-v</c>.</summary>
    public IReadOnlyList<MatrixSpectrum> Heads { get; init; } = [];
}

/// <param name="Name">Tensor name.</param>
/// <param name="Layer">Layer, from 0; -1 for embedding and head.</param>
/// <param name="Part"><c>self_attn.q_proj</c>, ...</param>
/// <param name="FromValues">Singular values, falling.</param>
/// <param name="RelativeChange">Frobenius norm of the change over that of the weights compared from.</param>
/// <param name="MedianValueChange">Median over the indices of |sigma_to - sigma_from| / sigma_from.</param>
/// <param name="NullMedianValueChange">The same for a Haar-rotated change of equal norm, mean over the draws.</param>
/// <param name="StableRank">||dW||_F^2 / ||dW||_2^2 of the change.</param>
/// <param name="DiagonalShare">||diag(U^T dW V)||^2 / ||dW||^2 in the basis compared from.</param>
public sealed record MatrixSpectrum(
    string Name,
    int Layer,
    string Part,
    int Rows,
    int Columns,
    double[] FromValues,
    double[] ToValues,
    double RelativeChange,
    double MedianValueChange,
    double NullMedianValueChange,
    double StableRank,
    double DiagonalShare,
    IReadOnlyList<SubspaceRotation> Rotations)
{
    /// <summary>exp of the entropy of the change's normalised singular values (Roy and Vetterli, 2007).</summary>
    public double EffectiveRank { get; init; }

    /// <summary>The diagonal share of a Haar-rotated change of equal norm, mean over the draws.</summary>
    public double NullDiagonalShare { get; init; }

    /// <summary>What of the change lies in the basis compared from, but off its diagonal; the rest, one minus both shares, lies outside it (a matrix that is not square).</summary>
    public double OffDiagonalShare { get; init; }

    /// <summary>Head of the attention, from 0; null for whole matrices.</summary>
    public int? Head { get; init; }

    /// <summary>Stable and effective rank of the weights themselves.</summary>
    public RankMeasures FromRank { get; init; } = new(0, 0);
    public RankMeasures ToRank { get; init; } = new(0, 0);

    /// <summary>Rotation of each singular direction, by index; near-equal values together.</summary>
    public IReadOnlyList<DirectionRotation> Directions { get; init; } = [];
}

/// <param name="Stable">||W||_F^2 / ||W||_2^2.</param>
/// <param name="Effective">exp of the entropy of the normalised singular values.</param>
public sealed record RankMeasures(double Stable, double Effective);

/// <summary>How far the singular vectors of a value, or of a cluster of near-equal values, turned: largest principal angle between the subspaces of the same indices, in radians.</summary>
/// <param name="First">Index of the first value, from 0.</param>
/// <param name="Count">How many values the cluster has.</param>
/// <param name="NullAngle">Mean of both sides for a Haar-rotated change of equal norm, mean over the draws; null beyond the largest k compared, and without draws.</param>
public sealed record DirectionRotation(int First, int Count, double LeftAngle, double RightAngle, double? NullAngle, bool BelowRounding);

/// <summary>Principal angles between the leading k singular subspaces, in radians, rising.</summary>
/// <param name="RankShare">k over the full rank.</param>
/// <param name="MeanAngle">Mean of the left and right angles.</param>
/// <param name="NullMeanAngle">The same for a Gaussian change of equal norm, mean over the draws.</param>
/// <param name="NullLow">The smallest of these draws.</param>
/// <param name="NullHigh">The largest of them.</param>
/// <param name="HaarMeanAngle">The same for a Haar-rotated change of equal norm.</param>
/// <param name="UnrelatedMeanAngle">What two unrelated random subspaces of that size give.</param>
/// <param name="BelowRounding">True where the mean angle is under the float32 rounding floor.</param>
public sealed record SubspaceRotation(
    double RankShare, int K, double[] LeftAngles, double[] RightAngles, double MeanAngle, double NullMeanAngle, double NullLow, double NullHigh, double HaarMeanAngle, double UnrelatedMeanAngle, bool BelowRounding)
{
    /// <summary>||U_from U_from^T - U_to U_to^T||_F of the left subspaces.</summary>
    public double LeftProjectorDistance { get; init; }

    /// <summary>The same of the right subspaces.</summary>
    public double RightProjectorDistance { get; init; }

    /// <summary>Share of the change inside the leading k x k block of the basis compared from: ||U_k^T dW V_k||^2 / ||dW||^2.</summary>
    public double ChangeShare { get; init; }

    /// <summary>True where k cuts through a cluster of near-equal singular values of either matrix, so that its subspace is not determined.</summary>
    public bool SplitsCluster { get; init; }
}

