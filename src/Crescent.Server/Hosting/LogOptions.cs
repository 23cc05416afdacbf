namespace Crescent.Server.Hosting;

/// <summary>Where logs go. The console is stderr; stdout belongs to output.</summary>
public sealed record LogOptions
{
    public const string Section = "Crescent:Log";

    /// <summary>Verbose, Debug, Information, Warning, Error, Fatal.</summary>
    public string Level { get; set; } = "Information";

    public bool Console { get; set; } = true;

    /// <summary>A file to append to; null: none.</summary>
    public string? File { get; set; }
}

public sealed record SeqOptions
{
    public const string Section = "Crescent:Seq";

    /// <summary>Address of a Seq server, <c>http://localhost:5341</c>; null: none.</summary>
    public string? ServerUrl { get; set; }

    public string? ApiKey { get; set; }
}
