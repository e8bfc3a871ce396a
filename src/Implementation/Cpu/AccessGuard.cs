namespace Implementation.Cpu;

/// <summary>For what reasons every access to memory is looked at.</summary>
[Flags]
internal enum Guards : byte
{
    None = 0,

    /// <summary>Alignment checks are on: CPL 3, EFLAGS.AC and CR0.AM.</summary>
    Alignment = 1,

    /// <summary>A breakpoint of data is enabled.</summary>
    Breakpoints = 2,
}

/// <summary>Alignment checks and breakpoints of data, which cost nothing while there are none.</summary>
/// <remarks>While there are, handlers look into a table without a translation, so that each access takes the slow path of <see cref="MemoryAccess"/>.</remarks>
internal static unsafe class AccessGuard
{
    private const ulong Cr0AlignmentMask = 1 << 18;

    /// <summary>To be called when CPL, RFLAGS, CR0 or DR7 have changed, or the table of translations is another one.</summary>
    public static void Update(CpuState* c)
    {
        bool checksAlignment = c->Cpl == 3 && (c->ControlFlags & RflagsBit.AC) != 0 && (c->Cr0 & Cr0AlignmentMask) != 0;
        c->Guards = (checksAlignment ? Guards.Alignment : 0) | (Breakpoints.WatchData(c) ? Guards.Breakpoints : 0);
        c->Tlb = c->Guards == Guards.None ? c->Translations : Tlb.Nothing;
    }

    /// <summary>Looks at an access whose address is within its segment and canonical, before its pages are looked at.</summary>
    /// <param name="c">the processor</param>
    /// <param name="linear">address of the first byte</param>
    /// <param name="size">in bytes</param>
    /// <param name="access">read, or write: what is read and then written is a write</param>
    /// <returns>false after recording #AC</returns>
    public static bool Admits(CpuState* c, ulong linear, int size, AccessKind access)
    {
        if ((c->Guards & Guards.Alignment) != 0 && (linear & Misalignment(size)) != 0)
        {
            Flow.Record(c, Vector.AC, 0);
            return false;
        }

        if ((c->Guards & Guards.Breakpoints) != 0) c->BreakpointsMet |= Breakpoints.AtData(c, linear, size, access);
        return true;
    }

    /// <summary>
    /// The bits of an address that must be clear (SDM Vol. 3A, table 6-7). Instructions that want more of an operand of sixteen bytes
    /// have raised #GP before; the others check it all the same, as the table has it.
    /// </summary>
    private static ulong Misalignment(int size) => size switch
    {
        10 => 7, // double extended-precision
        6 => 3,
        _ => (ulong)size - 1,
    };
}
