namespace Crescent.Cli.Terminal;

internal enum OutputFormat
{
    Text,
    Json,
    Jsonl,
}
