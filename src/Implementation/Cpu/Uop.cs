using System.Runtime.InteropServices;

namespace Implementation.Cpu;

/// <summary>One decoded instruction: the handler that carries it out and the operands the handler reads.</summary>
/// <remarks>
/// Registers are named by their byte offset in <see cref="CpuState"/>, so that AH is as cheap as AL and "no register" is
/// one more offset. A handler ends with <c>return u[1].Run(c, u + 1)</c>, which the JIT makes a jump; the last
/// one of a block returns the first micro-op of the next block, or one of the marks of <see cref="Flow"/>.
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Uop
{
    public delegate*<CpuState*, Uop*, Uop*> Run;

    /// <summary>Offsets of registers; <see cref="CpuState.NoRegister"/> reads as zero.</summary>
    public byte Dst, Src, Base, Index;

    /// <summary>log2 of the index's factor.</summary>
    public byte Scale;

    /// <summary>Offset of the segment base to add; names the stack segment for the choice between #SS and #GP.</summary>
    public byte Segment;

    /// <summary>Bytes of the instruction; of both when two are fused.</summary>
    public byte Length;

    /// <summary>
    /// Instructions from this one to the end of its block, itself included; of a first micro-op, the block's count.
    /// </summary>
    public byte Remaining;

    public long Imm;
    public long Disp;
    public ulong Ip;

    public readonly ulong NextIp => Ip + Length;

    /// <summary>The slot behind a terminator: where its two ways out lead, once known.</summary>
    public static Uop** TakenLink(Uop* terminator) => (Uop**)&terminator[1].Imm;

    /// <summary>Where a terminator's branch goes, in the same slot.</summary>
    public static ref ulong Target(Uop* terminator) => ref terminator[1].Ip;

    public static Uop** FallLink(Uop* terminator) => (Uop**)&terminator[1].Disp;
}

/// <summary>A run of instructions of one page, decoded for one mode at one linear address.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Block
{
    public Uop* First;
    public ulong Rip;

    /// <summary>Machine address of the first byte.</summary>
    public ulong Address;

    public CodeMode Mode;
    public int Count;

    /// <summary>Bytes in the first frame, and in <see cref="SecondMfn"/> when the only instruction crosses a page.</summary>
    public int Bytes, SecondBytes;

    public ulong SecondMfn;
    public Block* NextInBucket, NextInFrame, NextInSecondFrame;

    /// <summary>Links of other blocks that lead here; cleared when the block dies.</summary>
    public Link* Incoming;

    public readonly bool CrossesPage => SecondBytes != 0;
}

/// <summary>One way into a block.</summary>
internal unsafe struct Link
{
    public Uop** Slot;
    public Link* Next;
}

/// <summary>What a block was decoded for: same bytes, other meaning.</summary>
[Flags]
internal enum CodeMode
{
    Cpl3 = 3,
    Code64 = 4,

    /// <summary>The block holds one instruction, for exact budgets and single steps.</summary>
    Single = 8,

    /// <summary>32-bit code; neither this nor <see cref="Code64"/>: 16-bit code.</summary>
    Code32 = 16,

    /// <summary>
    /// 32-bit code and stack, with base 0 and limit 4 GiB in CS, DS, ES and SS, of types that allow what is usual.
    /// </summary>
    Flat = 32,
}
