namespace Conformance.Bridge;

/// <summary>What Xen carries out for a guest when the processor refuses it (xen/arch/x86/pv/emul-priv-op.c).</summary>
internal enum Emulated
{
    /// <summary>Nothing that Xen carries out.</summary>
    None,

    /// <summary>IN and OUT.</summary>
    Port,

    /// <summary>CLI and STI.</summary>
    InterruptFlag,

    Clts,
    WriteControl,
    WriteDebug,
    WriteMsr,

    /// <summary>MOV from a control or debug register.</summary>
    ReadRegister,

    /// <summary>What changes nothing that ring protection speaks of: RDMSR, RDTSC, RDTSCP, WBINVD.</summary>
    Harmless,

    /// <summary>The CPUID that a guest asks Xen for, at any level.</summary>
    Cpuid,
}

/// <summary>A privileged instruction, read by the opcode map (SDM Vol. 2D, appendix A).</summary>
/// <param name="Register">the control or debug register that is written or read</param>
/// <param name="General">the general register that is written there, or that is read into, 0..15</param>
/// <param name="Port">the port, or -1 where it is in DX</param>
/// <param name="Bytes">that the port instruction moves</param>
/// <param name="IsString">INS and OUTS, which access memory</param>
/// <param name="CountMask">the bits of RCX that count a repeated one; 0 where nothing is repeated</param>
internal readonly record struct EmulatedInstruction(
    Emulated Kind, int Register = 0, int General = 0, int Port = -1, int Bytes = 0, bool IsString = false, ulong CountMask = 0)
{
    public const int Longest = 15;

    private static ReadOnlySpan<byte> ForcedCpuid => [0x0f, 0x0b, 0x78, 0x65, 0x6e, 0x0f, 0xa2];

    /// <param name="code">what can be read from the instruction on</param>
    /// <param name="is64Bit">it is 64-bit code, where REX prefixes are</param>
    /// <param name="is16Bit">operands have 16 bits without a prefix</param>
    public static EmulatedInstruction Of(ReadOnlySpan<byte> code, bool is64Bit, bool is16Bit = false)
    {
        if (code.StartsWith(ForcedCpuid)) return new(Emulated.Cpuid);

        int at = 0, rex = 0;
        bool isNarrow = is16Bit, hasOtherAddress = false, isRepeated = false;
        for (; at < code.Length; at++)
        {
            bool isRex = is64Bit && (code[at] & 0xf0) == 0x40;
            if (!isRex && code[at] is not (0x66 or 0x67 or 0xf0 or 0xf2 or 0xf3 or 0x2e or 0x36 or 0x3e or 0x26 or 0x64 or 0x65)) break;
            rex = isRex ? code[at] : 0; // One that is not the last prefix has no effect.
            if (code[at] is 0x66) isNarrow = !is16Bit;
            hasOtherAddress |= code[at] is 0x67;
            isRepeated |= code[at] is 0xf2 or 0xf3;
        }

        ReadOnlySpan<byte> rest = code[at..];
        if (rest.Length < 1) return default;
        int wide = isNarrow ? 2 : 4, immediate = rest.Length > 1 ? rest[1] : 0;
        ulong counted = !isRepeated ? 0 : is64Bit && !hasOtherAddress ? ulong.MaxValue : is16Bit == hasOtherAddress ? uint.MaxValue : ushort.MaxValue;
        return rest[0] switch
        {
            0xe4 or 0xe6 => new(Emulated.Port, Port: immediate, Bytes: 1),
            0xe5 or 0xe7 => new(Emulated.Port, Port: immediate, Bytes: wide),
            0xec or 0xee => new(Emulated.Port, Bytes: 1),
            0xed or 0xef => new(Emulated.Port, Bytes: wide),
            0x6c or 0x6e => new(Emulated.Port, Bytes: 1, IsString: true, CountMask: counted),
            0x6d or 0x6f => new(Emulated.Port, Bytes: wide, IsString: true, CountMask: counted),
            0xfa or 0xfb => new(Emulated.InterruptFlag),
            0x0f when rest.Length > 1 => OfTwoBytes(rest[1..], rex),
            _ => default,
        };
    }

    private static EmulatedInstruction OfTwoBytes(ReadOnlySpan<byte> rest, int rex)
    {
        int modes = rest.Length > 1 ? rest[1] : 0;
        int register = (modes >> 3 & 7) | ((rex & 4) << 1), general = (modes & 7) | ((rex & 1) << 3);
        return rest[0] switch
        {
            0x06 => new(Emulated.Clts),
            0x09 or 0x31 or 0x32 => new(Emulated.Harmless),
            0x01 when modes == 0xf9 => new(Emulated.Harmless),
            0x20 or 0x21 => new(Emulated.ReadRegister, register, general),
            0x22 => new(Emulated.WriteControl, register, general),
            0x23 => new(Emulated.WriteDebug, register, general),
            0x30 => new(Emulated.WriteMsr),
            _ => default,
        };
    }
}
