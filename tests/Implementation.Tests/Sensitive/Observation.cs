namespace Implementation.Tests.Sensitive;

/// <summary>What became of one instruction in one mode.</summary>
/// <param name="Outcome">in the words of the specification's table</param>
/// <param name="ErrorCode">of a reflected exception that has one</param>
/// <param name="Changes">what is other than before, the instruction pointer and what entering the kernel changes aside</param>
internal sealed record Observation(string Outcome, uint? ErrorCode, IReadOnlyList<string> Changes)
{
    public static Observation NoEncoding { get; } = new("-", null, []);

    public string Cell => ErrorCode is { } code and not 0 ? $"{Outcome}(0x{code:x})" : Outcome;
}
