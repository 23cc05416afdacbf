using System.Text.Json;

namespace Crescent.Chaos.Faults;

/// <summary>What a chaos host does to its own store calls.</summary>
/// <param name="KillPoint">A call of a store, as <c>IWorkQueue.CommitAsync</c>; null: the host does not kill itself.</param>
/// <param name="KillAt">The process dies right after that many calls at the point have been carried out, before anybody hears of the last.</param>
/// <param name="Lose">Share of the calls that are carried out and whose answer is lost: the caller sees a failure.</param>
/// <param name="Fail">Share of the calls that fail before they are carried out.</param>
/// <param name="Slow">Share of the calls that take up to half a second longer.</param>
/// <param name="Folder">Where the driver's switches are, and where the host keeps its journal.</param>
public sealed record FaultPlan(ulong Seed, string? KillPoint, int KillAt, double Lose, double Fail, double Slow, string Folder)
{
    /// <summary>The environment variable that carries it.</summary>
    public const string Variable = "CRESCENT_CHAOS_PLAN";

    public string Write() => JsonSerializer.Serialize(this);

    public static FaultPlan Read(string text) => JsonSerializer.Deserialize<FaultPlan>(text) ?? throw new ArgumentException($"{Variable} holds no plan.");
}
