using Crescent.Cli;
using Crescent.Server.Workers.Children;

return args is [KernelChild.Verb] ? KernelChild.Run() : await CrescentCommand.RunAsync(args);
