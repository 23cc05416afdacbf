using Crescent.Kernels.Sft;

namespace Crescent.Kernels.Objectives;

/// <summary>The SFT objectives by name, with their defaults.</summary>
public static class ObjectiveCatalogue
{
    private static readonly string[] SelectionOptions = ["selection", "ratio", "quantile", "scope", "microBatch", "side"];
    private static readonly string[] SelectiveOptions = [.. SelectionOptions, "entropyThreshold", "klThreshold", "sets", "lambdaEntropy", "lambdaKl", "adaptLambda", "entropyTarget", "klTarget"];

    private static readonly SortedDictionary<string, ObjectiveKind> Kinds = new(new[]
    {
        new ObjectiveKind("sft", [], null, static (_, _) => new CrossEntropy()),
        new ObjectiveKind("neftune", ["alpha"], null, static (_, _) => new CrossEntropy()),
        new ObjectiveKind("dft", [], null, static (_, _) => new DynamicFineTuning()),
        new ObjectiveKind("eaft", ["alpha"], null, static (spec, _) => new EntropyWeighted(spec.Alpha ?? 1)),
        new ObjectiveKind("psft", ["clipLow", "clipHigh", "refreshEvery"], ObjectiveReferences.OldPolicy, static (spec, _) => new ProximalFineTuning(spec.ClipLow ?? 0.2, spec.ClipHigh ?? 0.28)),
        new ObjectiveKind("sft-kl", ["lambda"], ObjectiveReferences.Start, static (spec, _) => new AnchoredFineTuning(spec.Lambda ?? 0.1, weighted: false)),
        new ObjectiveKind("asft", ["lambda"], ObjectiveReferences.Start, static (spec, _) => new AnchoredFineTuning(spec.Lambda ?? 0.05, weighted: true)),
        new ObjectiveKind("iw-sft", ["tau", "maxWeight"], ObjectiveReferences.Base, static (spec, _) => new ImportanceWeighted(spec.Tau ?? 1, spec.MaxWeight ?? 16)),
        new ObjectiveKind("rho-1", [.. SelectionOptions, "threshold"], ObjectiveReferences.Separate, static (spec, _) =>
            new ExcessLoss(Select(spec, 0.6, spec.Threshold), spec.Scope ?? SelectionScope.GlobalBatch, spec.MicroBatch ?? 1)),
        new ObjectiveKind("eksft", SelectiveOptions, ObjectiveReferences.Start, static (spec, vocabulary) => new SelectiveFineTuning(Selective(spec, vocabulary, adapt: false))),
        new ObjectiveKind("eksft-released", SelectiveOptions, ObjectiveReferences.Start, static (spec, vocabulary) => new ReleasedSelectiveFineTuning(Selective(spec, vocabulary, adapt: true))),
    }.ToDictionary(kind => kind.Name), StringComparer.Ordinal);

    /// <summary>Noise of <c>neftune</c> where the spec says nothing.</summary>
    public const double NoiseAlpha = 5;

    /// <summary>Steps between refreshes of the old policy of <c>psft</c> where the spec says nothing.</summary>
    public const int RefreshEvery = 8;

    public static IReadOnlyCollection<string> Names => Kinds.Keys;

    /// <summary>Null: there is no objective of that name.</summary>
    public static ObjectiveKind? Find(string name) => Kinds.GetValueOrDefault(name);

    /// <param name="vocabulary">Size of the model's vocabulary.</param>
    /// <exception cref="CrescentException"><c>spec-invalid</c>: there is no objective of that name.</exception>
    public static IObjective Create(ObjectiveSpec spec, int vocabulary)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return (Find(spec.Name) ?? throw new CrescentException("spec-invalid", $"objective.name: '{spec.Name}' is unknown; use one of {string.Join(", ", Names)}.")).Make(spec, vocabulary);
    }

    private static SelectiveSettings Selective(ObjectiveSpec spec, int vocabulary, bool adapt) => new(
        Select(spec, 0.2, spec.EntropyThreshold),
        Select(spec, 0.2, spec.KlThreshold),
        spec.Sets ?? SelectionSets.Union,
        spec.Scope ?? SelectionScope.Sequence,
        spec.MicroBatch ?? 1,
        spec.LambdaEntropy ?? 0.05,
        spec.LambdaKl ?? 0.05,
        spec.AdaptLambda ?? adapt,
        spec.EntropyTarget ?? 0.5,
        spec.KlTarget ?? 2,
        vocabulary);

    private static Selection Select(ObjectiveSpec spec, double ratio, double? threshold)
    {
        var rule = spec.Selection ?? SelectionRule.TopRatio;
        return new Selection(rule, rule switch { SelectionRule.TopRatio => spec.Ratio ?? ratio, SelectionRule.Quantile => spec.Quantile ?? 1 - ratio, _ => threshold ?? 0 }, spec.Side ?? SelectionSide.Largest);
    }
}
