using System.Globalization;
using System.Security.Cryptography;
using Crescent.Chaos;

if (args.Length is not (1 or 3) || !int.TryParse(args[0], NumberStyles.None, CultureInfo.InvariantCulture, out var kills) || kills < 1
    || (args.Length == 3 && (args[1] != "--seed" || !ulong.TryParse(args[2], NumberStyles.None, CultureInfo.InvariantCulture, out _))))
{
    Console.Error.WriteLine("usage: infra/chaos.sh N [--seed S]");
    return 2;
}

var seed = args.Length == 3 ? ulong.Parse(args[2], CultureInfo.InvariantCulture) : (ulong)RandomNumberGenerator.GetInt32(int.MaxValue);
Console.Error.WriteLine($"chaos: {kills} kills, seed {seed}");
var run = new ChaosRun(ChaosSpec.Tiny, line => Console.Error.WriteLine($"chaos:   {line}"));
var undisturbed = await run.RunAsync([]);
Console.Error.WriteLine($"chaos: undisturbed: {undisturbed.Hashes.Count} artifacts in {undisturbed.Took.TotalSeconds:0.0} s");

var problems = new List<string>();
var (done, fromSnapshot, fromZero) = (0, 0, 0);
var plan = KillPlan.Make(kills, seed);
foreach (var targets in plan)
{
    var outcome = await run.RunAsync(targets);
    done += targets.Count;
    fromSnapshot += outcome.FromSnapshot;
    fromZero += outcome.FromZero;
    problems.AddRange(outcome.Problems);
    problems.AddRange(ChaosComparison.Differences(undisturbed.Hashes, outcome.Hashes));
    Console.Error.WriteLine($"chaos: {done} of {kills} kills, {outcome.Took.TotalSeconds:0.0} s, {problems.Count} problems");
}

problems.ForEach(Console.Error.WriteLine);
Console.WriteLine($"{done} kills in {plan.Count} experiments (seed {seed}); {fromSnapshot} interrupted jobs went on from their last snapshot, {fromZero} had none yet; "
    + $"{undisturbed.Hashes.Count} artifacts compared in each; chaos: {(problems.Count == 0 ? "passed" : $"FAILED: {string.Join("; ", problems.Take(3))}")}");
return problems.Count == 0 ? 0 : 1;
