namespace Crescent.Storage.Artifacts;

/// <summary>The collector's side of a blob store.</summary>
public interface IBlobRemoval
{
    /// <summary>Deletes a blob that nothing refers to. One that is gone already is no error.</summary>
    Task DeleteAsync(string sha256, CancellationToken cancellation = default);
}
