namespace Implementation.Tests.Sensitive;

/// <summary>An instruction, and what it finds.</summary>
/// <param name="Name">as in the specification's table</param>
/// <param name="Wide">its bytes in 64-bit code; none if it cannot be written there</param>
/// <param name="Narrow">its bytes in 32-bit code</param>
/// <param name="Prepare">gives it operands</param>
internal sealed record SensitiveInstruction(string Name, byte[]? Wide, byte[]? Narrow, Action<SensitiveGuest>? Prepare = null)
{
    public SensitiveInstruction(string name, byte[] both, Action<SensitiveGuest>? prepare = null) : this(name, both, both, prepare)
    {
    }

    /// <summary>Executes it in a guest of its own.</summary>
    public Observation Execute(Mode mode)
    {
        if ((mode.Is64Bit ? Wide : Narrow) is not { } code) return Observation.NoEncoding;

        using SensitiveGuest guest = new(mode);
        Prepare?.Invoke(guest);
        return guest.Execute(code);
    }
}
