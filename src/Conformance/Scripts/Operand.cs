namespace Conformance.Scripts;

/// <summary>What an operand stands for. All but numbers are resolved when a script runs, so that any part of a script still means something.</summary>
public enum Reference : byte
{
    /// <summary><see cref="Operand.Bits"/> as they are.</summary>
    Number,

    /// <summary>The machine frame number of a frame of the stage.</summary>
    Frame,

    /// <summary>The machine address of a frame of the stage, with <see cref="Operand.Bits"/> added: an entry, or the address of one.</summary>
    Machine,

    /// <summary>The address of the act's own argument buffer, with <see cref="Operand.Bits"/> added.</summary>
    Buffer,

    /// <summary>The port that an earlier act was given: the n-th of the domain's, counted from 0 and over again; 0 if it was given none.</summary>
    Port,

    /// <summary>The id of a domain of the stage.</summary>
    Domain,
}

/// <summary>An argument of an act: a number, or a reference to something on the stage.</summary>
/// <param name="Domain">of frames, ports and domains: the domain of the stage, from 1</param>
/// <param name="Index">of frames: <see cref="StageFrame"/>; of ports: which</param>
/// <param name="Bits">of numbers the value; of machine addresses and buffers what is added</param>
public readonly record struct Operand(Reference Kind, byte Domain, ushort Index, ulong Bits)
{
    public static Operand Number(ulong value) => new(Reference.Number, 0, 0, value);

    public static Operand Frame(int domain, int index) => new(Reference.Frame, (byte)domain, (ushort)index, 0);

    public static Operand Machine(int domain, int index, ulong bits) => new(Reference.Machine, (byte)domain, (ushort)index, bits);

    public static Operand Buffer(ulong offset = 0) => new(Reference.Buffer, 0, 0, offset);

    public static Operand Port(int domain, int index) => new(Reference.Port, (byte)domain, (ushort)index, 0);

    public static Operand DomainId(int domain) => new(Reference.Domain, (byte)domain, 0, 0);

    /// <summary>The upper half, for a register of its own. Frames of a stage lie below 4 GiB, so that their addresses have nothing there but what is added.</summary>
    public Operand High => Number(Kind is Reference.Number or Reference.Machine ? Bits >> 32 : 0);

    /// <summary>The machine address of what this operand names as a frame: a frame of the stage, or a number taken for a frame's.</summary>
    /// <param name="bits">added to the address of the frame's first byte</param>
    public Operand ToMachine(ulong bits) =>
        Kind == Reference.Frame ? this with { Kind = Reference.Machine, Bits = bits } : Number(unchecked((Bits << 12) + bits));
}
