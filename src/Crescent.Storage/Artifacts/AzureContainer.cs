using Azure.Identity;
using Azure.Storage.Blobs;
using Crescent.Storage.Hosting;

namespace Crescent.Storage.Artifacts;

/// <summary>The blob container that the options name, with the credentials that they name.</summary>
internal static class AzureContainer
{
    public static BlobContainerClient Of(AzureBlobOptions options)
    {
        if (options.ContainerUrl is null)
        {
            return new BlobContainerClient(options.ConnectionString, options.Container);
        }

        // With a SAS the URL is the credential.
        return options.ContainerUrl.Query.Length > 1
            ? new BlobContainerClient(options.ContainerUrl)
            : new BlobContainerClient(options.ContainerUrl, new DefaultAzureCredential(new DefaultAzureCredentialOptions { ManagedIdentityClientId = options.IdentityClientId }));
    }

    /// <summary>What is wrong with the options; null: nothing.</summary>
    public static string? Problem(AzureBlobOptions options)
    {
        const string Section = $"{StorageOptions.Section}:Azure";
        if (options.ContainerUrl is { } url)
        {
            return options.ConnectionString.Length > 0 ? $"{Section} has a ConnectionString and a ContainerUrl. Give one of them."
                : !url.IsAbsoluteUri || url.Scheme is not ("https" or "http") || url.AbsolutePath.Trim('/').Length == 0 ? $"{Section}:ContainerUrl is no URL of a container. Write it as https://ACCOUNT.blob.core.windows.net/CONTAINER, with a SAS behind it or without."
                : url.Query.Length <= 1 && url.Scheme != "https" ? $"{Section}:ContainerUrl without a SAS uses an identity, whose tokens go over https only. Write https."
                : null;
        }

        if (string.IsNullOrWhiteSpace(options.ConnectionString) || string.IsNullOrWhiteSpace(options.Container))
        {
            return $"{Section} needs a ConnectionString and a Container, or a ContainerUrl. Leave the section out to keep blobs in the data folder.";
        }

        try
        {
            _ = Of(options);
            return null;
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            return $"{Section}:ConnectionString or Container is malformed. Copy the connection string from the storage account; a container's name has 3 to 63 lower-case letters, digits and hyphens.";
        }
    }
}
