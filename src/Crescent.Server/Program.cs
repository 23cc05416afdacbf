using Crescent.Server;
using Crescent.Server.Hosting;

using var second = SecondSignal.Listen();
return await CrescentServer.RunAsync(args);
