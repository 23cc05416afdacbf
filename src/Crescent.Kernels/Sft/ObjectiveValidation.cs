using Crescent.Kernels.Objectives;

namespace Crescent.Kernels.Sft;

/// <summary>What makes an objective's options unusable or contradictory.</summary>
public static class ObjectiveValidation
{
    private static readonly (string Name, Func<ObjectiveSpec, bool> IsSet)[] Options =
    [
        ("lambda", spec => spec.Lambda is not null), ("lambdaEntropy", spec => spec.LambdaEntropy is not null), ("lambdaKl", spec => spec.LambdaKl is not null),
        ("adaptLambda", spec => spec.AdaptLambda is not null), ("entropyTarget", spec => spec.EntropyTarget is not null), ("klTarget", spec => spec.KlTarget is not null),
        ("selection", spec => spec.Selection is not null), ("ratio", spec => spec.Ratio is not null), ("quantile", spec => spec.Quantile is not null), ("threshold", spec => spec.Threshold is not null),
        ("entropyThreshold", spec => spec.EntropyThreshold is not null), ("klThreshold", spec => spec.KlThreshold is not null), ("scope", spec => spec.Scope is not null),
        ("microBatch", spec => spec.MicroBatch is not null), ("sets", spec => spec.Sets is not null), ("side", spec => spec.Side is not null), ("tau", spec => spec.Tau is not null),
        ("maxWeight", spec => spec.MaxWeight is not null), ("clipLow", spec => spec.ClipLow is not null), ("clipHigh", spec => spec.ClipHigh is not null),
        ("refreshEvery", spec => spec.RefreshEvery is not null), ("alpha", spec => spec.Alpha is not null),
    ];

    public static IReadOnlyList<SpecProblem> Validate(this ObjectiveSpec spec, string path = "objective")
    {
        ArgumentNullException.ThrowIfNull(spec);
        var problems = new SpecProblemList(path);
        if (ObjectiveCatalogue.Find(spec.Name) is not { } kind)
        {
            problems.Require(false, "name", $"'{spec.Name}' is unknown; use one of {string.Join(", ", ObjectiveCatalogue.Names)}.");
            return problems.Problems;
        }

        foreach (var (name, isSet) in Options)
        {
            problems.Require(!isSet(spec) || kind.Options.Contains(name), name, $"'{spec.Name}' has no such option; {(kind.Options.Count == 0 ? "it has none" : $"it has {string.Join(", ", kind.Options)}")}. Leave it out.");
        }

        RequireReference(problems, spec, kind);
        RequireSelection(problems, spec);
        NotNegative(problems, "lambda", spec.Lambda);
        NotNegative(problems, "lambdaEntropy", spec.LambdaEntropy);
        NotNegative(problems, "lambdaKl", spec.LambdaKl);
        NotNegative(problems, "alpha", spec.Alpha);
        NotNegative(problems, "entropyTarget", spec.EntropyTarget);
        NotNegative(problems, "klTarget", spec.KlTarget);
        problems.Require(spec.Tau is null || double.IsFinite(spec.Tau.Value), "tau", $"Is {spec.Tau}; use a number.");
        problems.Require(spec.MaxWeight is null || (spec.MaxWeight > 0 && double.IsFinite(spec.MaxWeight.Value)), "maxWeight", $"Is {spec.MaxWeight}; use a number over 0.");
        problems.Require(spec.ClipLow is null or (> 0 and <= 1), "clipLow", $"Is {spec.ClipLow}; use a number over 0, at most 1.");
        problems.Require(spec.ClipHigh is null || (spec.ClipHigh > 0 && double.IsFinite(spec.ClipHigh.Value)), "clipHigh", $"Is {spec.ClipHigh}; use a number over 0.");
        problems.Require(spec.RefreshEvery is null or >= 1, "refreshEvery", $"Is {spec.RefreshEvery}; use at least 1 step.");
        return problems.Problems;
    }

    /// <summary>A ratio so small that it selects no token of any scope would silently train another objective.</summary>
    /// <param name="answer">Tokens of the task's longest answer.</param>
    /// <param name="batch">Rows of a step.</param>
    public static IReadOnlyList<SpecProblem> ValidateSelection(this ObjectiveSpec spec, int answer, int batch, string path = "objective")
    {
        ArgumentNullException.ThrowIfNull(spec);
        var problems = new SpecProblemList(path);
        if (spec is { Ratio: > 0 and var ratio, Selection: null or SelectionRule.TopRatio } && ObjectiveCatalogue.Find(spec.Name) is { } kind && kind.Options.Contains("ratio"))
        {
            var scope = spec.Scope ?? (spec.Name == "rho-1" ? SelectionScope.GlobalBatch : SelectionScope.Sequence);
            var rows = scope switch { SelectionScope.Sequence => 1, SelectionScope.MicroBatch => Math.Min(spec.MicroBatch ?? 1, batch), _ => batch };
            problems.Require(
                Math.Floor(ratio * answer * rows) >= 1,
                "ratio",
                FormattableString.Invariant($"{ratio} of the at most {(long)answer * rows} tokens of a {(scope == SelectionScope.Sequence ? "sequence" : "scope")} selects none, which would be another objective; use at least {1.0 / answer / rows:0.###}, or a wider scope (global-batch)."));
        }

        return problems.Problems;
    }

    private static void RequireReference(SpecProblemList problems, ObjectiveSpec spec, ObjectiveKind kind)
    {
        if (kind.Reference is null or ObjectiveReferences.OldPolicy)
        {
            var why = kind.Reference is null ? $"'{spec.Name}' compares with nothing" : $"'{spec.Name}' compares with the policy itself some steps ago";
            problems.Require(spec.Reference == ObjectiveReferences.Default, "reference", $"{why}; leave it out.");
        }
        else if (kind.Reference == ObjectiveReferences.Separate)
        {
            problems.Require(
                ObjectiveReferences.IsHash(spec.Reference), "reference", $"'{spec.Name}' needs a separately trained model, since against the starting checkpoint every excess loss is 0 at first; give the SHA-256 of a checkpoint of another experiment.");
        }
        else
        {
            problems.Require(
                spec.Reference is ObjectiveReferences.Default or ObjectiveReferences.Start or ObjectiveReferences.Base || ObjectiveReferences.IsHash(spec.Reference),
                "reference",
                $"'{spec.Reference}' is no reference; use start, base, or the SHA-256 of a checkpoint in lower-case hex.");
        }
    }

    private static void RequireSelection(SpecProblemList problems, ObjectiveSpec spec)
    {
        var rule = spec.Selection ?? SelectionRule.TopRatio;
        problems.Require(spec.Ratio is null || rule == SelectionRule.TopRatio, "ratio", "Belongs to selection top-ratio; leave it out, or set selection to it.");
        problems.Require(spec.Ratio is null or (>= 0 and <= 1), "ratio", $"{spec.Ratio} is no share; use 0 to 1.");
        problems.Require(spec.Quantile is null || rule == SelectionRule.Quantile, "quantile", "Belongs to selection quantile; leave it out, or set selection to it.");
        problems.Require(spec.Quantile is null or (>= 0 and <= 1), "quantile", $"{spec.Quantile} is no share; use 0 to 1.");
        var eksft = spec.Name.StartsWith("eksft", StringComparison.Ordinal);
        (string Name, double? Value, bool Belongs)[] bounds = [("threshold", spec.Threshold, spec.Name == "rho-1"), ("entropyThreshold", spec.EntropyThreshold, eksft), ("klThreshold", spec.KlThreshold, eksft)];
        foreach (var (name, value, _) in bounds.Where(bound => bound.Belongs))
        {
            problems.Require(value is null || rule == SelectionRule.Threshold, name, "Belongs to selection threshold; leave it out, or set selection to it.");
            problems.Require(rule != SelectionRule.Threshold || value is not null, name, "Selection threshold needs its bound; give it in nats.");
            problems.Require(value is null || double.IsFinite(value.Value), name, $"Is {value}; use a number.");
        }

        problems.Require(spec.MicroBatch is null || spec.Scope == SelectionScope.MicroBatch, "microBatch", "Belongs to scope micro-batch; leave it out, or set scope to it.");
        problems.Require(spec.Scope != SelectionScope.MicroBatch || spec.MicroBatch >= 1, "microBatch", "Scope micro-batch needs the number of its rows, at least 1.");
        var adapts = spec.AdaptLambda ?? spec.Name == "eksft-released";
        problems.Require(spec.EntropyTarget is null || adapts, "entropyTarget", "Has no effect while adaptLambda is false; leave it out, or set adaptLambda to true.");
        problems.Require(spec.KlTarget is null || adapts, "klTarget", "Has no effect while adaptLambda is false; leave it out, or set adaptLambda to true.");
    }

    private static void NotNegative(SpecProblemList problems, string field, double? value) =>
        problems.Require(value is null || (value >= 0 && double.IsFinite(value.Value)), field, $"Is {value}; use 0 or more.");
}
