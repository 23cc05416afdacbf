#pragma warning disable ORLEANS0004 // Members without [Id] are what is tested here.
namespace Crescent.StandIns.Orleans.Tests.Serialization;

[GenerateSerializer]
public sealed class Parcel
{
    [Id(0)]
    public string Name { get; set; } = "";

    [Id(1)]
    public List<int> Numbers { get; set; } = [];

    [Id(2)]
    public Parcel? Inner { get; set; }

    /// <summary>Not numbered, so it stays behind.</summary>
    public string Local { get; set; } = "initial";

    [Id(3)]
    private int _hidden;

    public int Hidden
    {
        get => _hidden;
        set => _hidden = value;
    }
}

[GenerateSerializer]
public sealed record Label(string Text, int[] Sizes)
{
    [Id(0)]
    public string Note { get; init; } = "";

    public string Local { get; init; } = "";
}

[GenerateSerializer]
public readonly record struct Point(int X, int Y);

[GenerateSerializer]
[Immutable]
public sealed record Frozen([property: Id(0)] List<int> Numbers);

[GenerateSerializer]
public sealed class NumberedException(string message, string code) : Exception(message)
{
    [Id(0)]
    public string Code { get; private set; } = code;

    public string Local { get; } = "lost";
}

public sealed class PlainException(string message, string code) : Exception(message)
{
    public string? Code { get; } = code;
}

/// <summary>Neither marked nor built in.</summary>
public sealed class Stranger
{
    public int Value { get; set; }
}

public interface ICopyGrain : IGrainWithStringKey
{
    Task<Parcel> KeepAsync(Parcel parcel);

    Task<Parcel> KeptAsync();

    Task<bool> SameAsync(Parcel one, Parcel other);

    Task<Label> EchoLabelAsync(Label label);

    Task<Point> EchoPointAsync(Point point);

    Task<bool> FreezeAsync(Frozen frozen);

    Task<Frozen> FrozenAsync();

    Task<object?> EchoAsync(object? value);

    Task<IEnumerable<int>> QueryAsync();

    Task ThrowAsync(string kind);

    Task<string> NameOfAsync(ICopyGrain other);

    Task<IEnumerable<int>> EchoManyAsync(IEnumerable<int> values);
}

public class CopyGrain : Grain, ICopyGrain
{
    private Parcel _kept = new();
    private Frozen _frozen = new([]);

    public Task<Parcel> KeepAsync(Parcel parcel)
    {
        _kept = parcel;
        return Task.FromResult(parcel);
    }

    public Task<Parcel> KeptAsync() => Task.FromResult(_kept);

    public Task<bool> SameAsync(Parcel one, Parcel other) => Task.FromResult(ReferenceEquals(one, other));

    public Task<Label> EchoLabelAsync(Label label) => Task.FromResult(label);

    public Task<Point> EchoPointAsync(Point point) => Task.FromResult(point);

    public Task<bool> FreezeAsync(Frozen frozen)
    {
        _frozen = frozen;
        return Task.FromResult(true);
    }

    public Task<Frozen> FrozenAsync() => Task.FromResult(_frozen);

    public Task<object?> EchoAsync(object? value) => Task.FromResult(value);

    public Task<IEnumerable<int>> QueryAsync() => Task.FromResult(Enumerable.Range(0, 3).Where(n => n > 0));

    public Task ThrowAsync(string kind) => kind switch
    {
        "numbered" => throw new NumberedException("broken", "a-code"),
        "plain" => throw new PlainException("broken", "a-code"),
        "argument" => throw new ArgumentException("broken", nameof(kind), new InvalidOperationException("cause")),
        _ => Task.CompletedTask,
    };

    public Task<string> NameOfAsync(ICopyGrain other) => Task.FromResult(other.GetPrimaryKeyString());

    public Task<IEnumerable<int>> EchoManyAsync(IEnumerable<int> values) => Task.FromResult(values);
}
