using Crescent.Kernels.Evaluation;
using Crescent.Kernels.Interventions;
using Crescent.Kernels.Spectra;

namespace Crescent.Kernels.Claims;

/// <summary>The records of one experiment, named as in its report: everything that its claims may use.</summary>
public sealed record ClaimInputs
{
    public required ulong Seed { get; init; }

    /// <summary>x of the criteria; fixed in the spec before the run.</summary>
    public required int ClaimStep { get; init; }

    /// <summary>Best by OOD accuracy on the choosing split.</summary>
    public required int BestStep { get; init; }
    public required int EndStep { get; init; }

    /// <summary>The early checkpoint of the recovery window.</summary>
    public int EarlyStep { get; init; } = 20;

    /// <summary>How the checkpoints were evaluated. With it, claims refuse records that leave out part of the reporting set; without it, only records that differ in what they cover.</summary>
    public EvaluationSpec? Evaluation { get; init; }

    /// <summary>Smallest differences stated in the spec; claims that it leaves out have those of <see cref="ClaimCriteria"/>.</summary>
    public IReadOnlyList<StatedCriterion> Criteria { get; init; } = [];

    /// <summary>Tries within which the recovery claims count a deal as solved: all that the evaluation allows.</summary>
    public int Tries => Evaluation?.Tries ?? ClaimCriteria.DefaultTries;

    /// <summary>Tries that every evaluation of the interventions allows.</summary>
    public int InterventionTries => Interventions.SelectMany(pair => pair.Result.Outcomes).Select(outcome => outcome.Record.Tries).DefaultIfEmpty(Tries).Min();

    public required IReadOnlyList<ClaimPoint> Points { get; init; }
    public IReadOnlyList<ClaimPair<SpectraResult>> Spectra { get; init; } = [];
    public IReadOnlyList<ClaimPair<InterventionResult>> Interventions { get; init; } = [];
}

/// <param name="Role"><c>sft</c>, <c>recovery</c>, <c>shuffled-reward</c>, <c>both-rules</c>.</param>
/// <param name="Step">The SFT step of the checkpoint, or of the one that the recovery run started from.</param>
/// <param name="Hash">SHA-256 of the record.</param>
public sealed record ClaimPoint(string Role, int Step, EvaluationRecord Record, string Hash);

/// <param name="From"><c>base</c>, <c>best</c>, <c>end</c> or <c>sft-300</c>; <paramref name="To"/> also <c>recovery-300</c>.</param>
/// <param name="Hash">SHA-256 of the result.</param>
public sealed record ClaimPair<TResult>(string From, string To, TResult Result, string Hash);
