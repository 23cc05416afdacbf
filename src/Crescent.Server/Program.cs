using Crescent.Server;
using Crescent.Server.Hosting;
using Crescent.Server.Workers.Children;

if (args is [KernelChild.Verb])
{
    return KernelChild.Run();
}

using var second = SecondSignal.Listen();
return await CrescentServer.RunAsync(args);
