namespace Crescent.Kernels.Claims;

/// <summary>The checkpoints of one arm (an objective, SFT, RL) in training order, for comparisons at equal ID accuracy or equal compute.</summary>
public sealed record ArmCurve(IReadOnlyList<ArmPoint> Points)
{
    /// <summary>
    /// Value of objective-beats-sft for one seed: OOD of the method minus OOD of SFT at the highest ID accuracy that both reach, each interpolated where its curve first gets there. Null where one arm has no point at or under that accuracy to start from.
    /// </summary>
    public static double? AtMatchedAccuracy(ArmCurve method, ArmCurve sft)
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(sft);
        if (method.Points.Count == 0 || sft.Points.Count == 0)
        {
            return null;
        }

        var matched = Math.Min(method.Points.Max(point => point.InDistribution), sft.Points.Max(point => point.InDistribution));
        return method.Crossing(matched, point => point.InDistribution) - sft.Crossing(matched, point => point.InDistribution);
    }

    /// <summary>Value of sft-memorises-rl-generalises for one seed: OOD of RL minus OOD of SFT at the most compute that both spent. Null where the arms share none.</summary>
    public static double? AtEqualCompute(ArmCurve rl, ArmCurve sft)
    {
        ArgumentNullException.ThrowIfNull(rl);
        ArgumentNullException.ThrowIfNull(sft);
        return rl.SharedCompute(sft) is { } most ? rl.Crossing(most, point => point.Flops) - sft.Crossing(most, point => point.Flops) : null;
    }

    /// <summary>OOD at the most compute that both arms spent minus OOD at the arm's first point: its conditions rl-gains and sft-loses.</summary>
    public double? ChangeAtEqualCompute(ArmCurve other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return SharedCompute(other) is { } most ? Crossing(most, point => point.Flops) - Points[0].OutOfDistribution : null;
    }

    private double? SharedCompute(ArmCurve other) =>
        Points.Count == 0 || other.Points.Count == 0 ? null : Math.Min(Points.Max(point => point.Flops), other.Points.Max(point => point.Flops));

    /// <summary>OOD, linear between neighbours, where the coordinate first reaches the value; null where the curve starts above it or never gets there.</summary>
    private double? Crossing(double value, Func<ArmPoint, double> coordinate)
    {
        for (var i = 0; i < Points.Count; i++)
        {
            var here = coordinate(Points[i]);
            if (here < value)
            {
                continue;
            }

            if (here == value)
            {
                return Points[i].OutOfDistribution;
            }

            if (i == 0)
            {
                return null;
            }

            var before = coordinate(Points[i - 1]);
            var share = (value - before) / (here - before);
            return Points[i - 1].OutOfDistribution + (share * (Points[i].OutOfDistribution - Points[i - 1].OutOfDistribution));
        }

        return null;
    }
}

/// <param name="Flops">Spent so far, the start's included.</param>
public sealed record ArmPoint(double Flops, double InDistribution, double OutOfDistribution);

