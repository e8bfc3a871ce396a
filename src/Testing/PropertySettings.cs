using System.Globalization;
using Conformance.Scripts;

namespace Testing;

/// <summary>How a property is checked: what its attribute says, where the environment says nothing else.</summary>
internal sealed record PropertySettings
{
    public int MaxTest { get; init; } = 100;

    public int EndSize { get; init; } = 100;

    public ReplayKey? Replay { get; init; }

    public IReadOnlyList<Type> Arbitrary { get; init; } = [];

    public StageShape Shape { get; init; } = new();

    /// <summary>Whether a replay must ask for explicit tests.</summary>
    public bool IsExplicit { get; init; }

    /// <param name="environment">the value of a variable, or null</param>
    /// <exception cref="FormatException">a value does not make sense, in one sentence</exception>
    public static PropertySettings Of(PropertyAttribute attribute, Func<string, string?> environment)
    {
        string? replay = Variable("RINGFENCE_REPLAY"), seed = Variable("RINGFENCE_SEED"), cases = Variable("RINGFENCE_CASES");
        return new()
        {
            MaxTest = cases is null ? attribute.MaxTest : Count(cases),
            EndSize = attribute.EndSize,
            Replay = (replay ?? seed ?? attribute.Replay) is { } key ? ReplayKey.Parse(key) : null,
            Arbitrary = attribute.Arbitrary,
            Shape = new(attribute.Domains, attribute.Vcpus),
            IsExplicit = attribute.Explicit,
        };

        string? Variable(string name) => environment(name) is { Length: > 0 } value ? value : null;
    }

    private static int Count(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0
            ? count
            : throw new FormatException($"RINGFENCE_CASES is \"{text}\", which is not a number of cases");
}
