using System.Globalization;
using System.Security.Cryptography;
using Crescent.Chaos.Campaign;
using Crescent.Chaos.Faults;

if (args is ["host", .. var settings])
{
    return await ChaosHost.RunAsync(settings);
}

if (ChaosArguments.Read(args, RandomNumberGenerator.GetInt32(int.MaxValue)) is not { } options)
{
    Console.Error.WriteLine("usage: infra/chaos.sh N [--seed S] [--database sqlite|postgres|both]");
    return 2;
}

var began = TimeProvider.System.GetTimestamp();
void Tell(string line) => Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"chaos {TimeProvider.System.GetElapsedTime(began).TotalSeconds,5:0} s: {line}"));
Tell($"{options.Kills} kills, seed {options.Seed}, {string.Join(" and ", options.Databases)}");
var campaign = new ChaosCampaign(options, Tell);
var passed = await campaign.RunAsync();
Console.WriteLine(campaign.Summary);
return passed ? 0 : 1;
