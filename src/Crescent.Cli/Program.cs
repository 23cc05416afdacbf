using Crescent.Cli;

return await CrescentCommand.RunAsync(args);
