using Crescent.Server;

return await CrescentServer.RunAsync(args);
