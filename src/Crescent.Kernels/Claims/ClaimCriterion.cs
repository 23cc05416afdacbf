using Crescent.Kernels.Numerics;

namespace Crescent.Kernels.Claims;

/// <summary>What a claim is judged by, stated before the run.</summary>
/// <param name="Claim"><c>forgets</c>, <c>rl-improves</c>, ...</param>
/// <param name="Statement">The estimated quantity in words, without the threshold.</param>
/// <param name="Smallest">m: the smallest difference that matters.</param>
/// <param name="Conditions">What must hold beside it.</param>
public sealed record ClaimCriterion(string Claim, string Statement, double Smallest, params IReadOnlyList<ClaimCondition> Conditions)
{
    /// <summary>The statement with its threshold.</summary>
    public string Text => Claim == ClaimCriteria.RotationNotValues
        ? FormattableString.Invariant($"{Statement}, at least ln {Elementary.Exp(Smallest):0.####}")
        : FormattableString.Invariant($"{Statement}, at least {Smallest}");
}

/// <summary>The smallest difference that matters for a claim, as a spec states it before the run.</summary>
/// <param name="Claim">A name of <see cref="ClaimCriteria"/>.</param>
/// <param name="Smallest">m, over 0.</param>
public sealed record StatedCriterion(string Claim, double Smallest);

/// <param name="Name"><c>shuffled-reward</c>, <c>random-directions</c>, ...</param>
/// <param name="Below">False: the interval lies above 0; true: it lies below.</param>
public sealed record ClaimCondition(string Name, string Statement, bool Below = false)
{
    public string Text => $"{Statement}: {(Below ? "upper end below 0" : "lower end above 0")}";

    public bool Holds(double low, double high) => Below ? high < 0 : low > 0;
}
