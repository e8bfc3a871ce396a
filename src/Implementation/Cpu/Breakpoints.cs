namespace Implementation.Cpu;

/// <summary>The four breakpoints, of instructions and of data (SDM Vol. 3B, 17.2). Breakpoints of I/O ports and general detect are not modelled.</summary>
internal static unsafe class Breakpoints
{
    public const int Count = 4;

    /// <summary>BS of DR6: a single step.</summary>
    public const uint SingleStep = 1 << 14;

    private const int FirstKindBit = 16, BitsOfEach = 4;

    /// <summary>R/W of DR7: what meets a breakpoint.</summary>
    private const int Execution = 0, Stores = 1, LoadsAndStores = 3;

    /// <summary>Whether one is enabled, locally or globally: without tasks these are the same.</summary>
    public static bool AreArmed(CpuState* c) => (c->Dr7 & 0xFF) != 0;

    public static bool WatchData(CpuState* c)
    {
        for (int i = 0; i < Count; i++)
        {
            if (IsEnabled(c, i) && Kind(c, i) is Stores or LoadsAndStores) return true;
        }

        return false;
    }

    /// <summary>The breakpoints, as bits of DR6, that the instruction at a linear address meets: a fault before it.</summary>
    public static uint AtInstruction(CpuState* c, ulong linear)
    {
        uint met = 0;
        for (int i = 0; i < Count; i++)
        {
            if (IsEnabled(c, i) && Kind(c, i) == Execution && c->BreakpointAddress[i] == linear) met |= 1u << i;
        }

        return met;
    }

    /// <summary>The breakpoints that an access meets with any of its bytes: a trap behind the instruction.</summary>
    public static uint AtData(CpuState* c, ulong linear, int size, AccessKind access)
    {
        uint met = 0;
        for (int i = 0; i < Count; i++)
        {
            bool isOfKind = Kind(c, i) == LoadsAndStores || (Kind(c, i) == Stores && access == AccessKind.Write);
            if (!IsEnabled(c, i) || !isOfKind) continue;
            ulong length = Length(c, i), first = c->BreakpointAddress[i] & ~(length - 1);
            if (first - linear < (ulong)size || linear - first < length) met |= 1u << i;
        }

        return met;
    }

    private static bool IsEnabled(CpuState* c, int i) => (c->Dr7 >> (2 * i) & 3) != 0;

    private static int Kind(CpuState* c, int i) => (int)(c->Dr7 >> (FirstKindBit + (BitsOfEach * i)) & 3);

    /// <summary>LEN: 10b is eight bytes.</summary>
    private static ulong Length(CpuState* c, int i) => (c->Dr7 >> (FirstKindBit + 2 + (BitsOfEach * i)) & 3) switch
    {
        0 => 1,
        1 => 2,
        2 => 8,
        _ => 4,
    };
}
