using System.Numerics;
using System.Runtime.CompilerServices;

namespace Implementation.Cpu;

/// <summary>How a memory operand's linear address is made, and whether its segment allows the access.</summary>
internal unsafe interface IAddressing
{
    /// <param name="c">the processor</param>
    /// <param name="u">the instruction whose operand it is</param>
    /// <param name="further">bytes from the operand's start, for the later part of one or a bit far from it</param>
    static abstract ulong Linear(CpuState* c, Uop* u, ulong further = 0);

    /// <summary>Whether the segment's type and limit allow the access.</summary>
    /// <returns>false after recording #GP(0), or #SS(0) for the stack segment</returns>
    static virtual bool Allows(CpuState* c, Uop* u, int size, AccessKind access, ulong further = 0) => true;
}

/// <summary>64-bit addresses in segments whose base is zero: all but FS and GS in 64-bit mode (SDM Vol. 1, 3.3.4).</summary>
internal readonly unsafe struct Flat : IAddressing
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Linear(CpuState* c, Uop* u, ulong further = 0) =>
        (ulong)u->Disp + CpuState.At<ulong>(c, u->Base) + (CpuState.At<ulong>(c, u->Index) << u->Scale) + further;
}

/// <summary>64-bit addresses relative to FS or GS.</summary>
internal readonly unsafe struct Based : IAddressing
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Linear(CpuState* c, Uop* u, ulong further = 0) =>
        Flat.Linear(c, u, further) + CpuState.At<ulong>(c, u->Segment);
}

/// <summary>Effective addresses of 32 bits in 64-bit mode (prefix 67h), any segment.</summary>
internal readonly unsafe struct Narrow : IAddressing
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Linear(CpuState* c, Uop* u, ulong further = 0) =>
        (uint)Flat.Linear(c, u, further) + CpuState.At<ulong>(c, u->Segment);
}

/// <summary>32-bit addresses in segments of base 0 and limit 4 GiB, which allow everything (<see cref="CodeMode.Flat"/>).</summary>
internal readonly unsafe struct Flat32 : IAddressing
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Linear(CpuState* c, Uop* u, ulong further = 0) => (uint)Flat.Linear(c, u, further);
}

/// <summary>Addresses of 16 or 32 bits, outside 64-bit mode, in any segment.</summary>
/// <typeparam name="TOffset">the address size</typeparam>
internal readonly unsafe struct Segmented<TOffset> : IAddressing where TOffset : unmanaged, IBinaryInteger<TOffset>
{
    public static ulong Linear(CpuState* c, Uop* u, ulong further = 0) =>
        (uint)(Offset(c, u, further) + CpuState.At<uint>(c, u->Segment));

    public static bool Allows(CpuState* c, Uop* u, int size, AccessKind access, ulong further = 0) =>
        Segments.Allows(c, u->Segment, Offset(c, u, further), size, access);

    private static uint Offset(CpuState* c, Uop* u, ulong further) =>
        uint.CreateTruncating(TOffset.CreateTruncating(Flat.Linear(c, u, further)));
}

/// <summary>Takes a handler for the type of an addressing.</summary>
internal interface IAddressingChooser
{
    static abstract Handler For<TAddressing>(Translator t) where TAddressing : IAddressing;
}
