using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Crescent.Server.Tests.Problems;

internal static class ProblemAssert
{
    /// <summary>The response is problem details with this status and code; returns the body.</summary>
    public static async Task<JsonElement> IsAsync(HttpStatusCode status, string code, HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(status == response.StatusCode, $"{(int)response.StatusCode}: {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonSerializer.Deserialize<JsonElement>(text);
        Assert.Equal(code, problem.GetProperty("code").GetString());
        Assert.False(string.IsNullOrEmpty(problem.GetProperty("title").GetString()));
        _ = problem.GetProperty("retryable").GetBoolean();
        return problem;
    }
}
