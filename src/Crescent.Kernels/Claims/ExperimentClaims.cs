namespace Crescent.Kernels.Claims;

/// <summary>The claims that a single experiment can state, each a function of its records. Criteria, controls and verdicts: docs/kernels.md.</summary>
public static class ExperimentClaims
{
    public static IReadOnlyList<ClaimResult> All(ClaimInputs inputs) =>
    [
        ForgettingClaim.Forgets(inputs),
        RecoveryClaims.Improves(inputs),
        RecoveryClaims.Restores(inputs),
        RecoveryClaims.Window(inputs),
        RecoveryClaims.BelowBest(inputs),
        RotationClaims.RotationNotValues(inputs),
        RotationClaims.RotationPredicts(inputs),
        InterventionClaim.DirectionsRestore(inputs),
    ];
}
