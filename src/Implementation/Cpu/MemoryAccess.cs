using System.Runtime.CompilerServices;

namespace Implementation.Cpu;

/// <summary>Guest memory as handlers see it: a pointer to the operand, or null after a fault has been recorded.</summary>
/// <remarks>
/// A pointer from <see cref="Modify{T}"/> may be the write stage; the handler then ends through <see cref="Flow.Commit"/>
/// (or calls <see cref="CommitStaged"/>). Every byte of the access has been probed by the time the pointer is there.
/// </remarks>
internal static unsafe class MemoryAccess
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T* Read<T>(CpuState* c, ulong linear, byte segment) where T : unmanaged
    {
        TlbEntry* e = Tlb.Slot(c, linear);
        return ((linear + (ulong)(sizeof(T) - 1)) & Tlb.PageMask) == e->Read
            ? (T*)((long)linear + e->Addend)
            : (T*)ReadSlow(c, linear, sizeof(T), segment);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T* Modify<T>(CpuState* c, ulong linear, byte segment) where T : unmanaged
    {
        TlbEntry* e = Tlb.Slot(c, linear);
        return ((linear + (ulong)(sizeof(T) - 1)) & Tlb.PageMask) == e->Write
            ? (T*)((long)linear + e->Addend)
            : (T*)ModifySlow(c, linear, sizeof(T), segment);
    }

    /// <summary>Whether a pointer from <see cref="Modify{T}"/> needs <see cref="CommitStaged"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsStaged(CpuState* c, void* pointer) => pointer == c->WriteStage;

    /// <summary>Copies the write stage to where it belongs and drops code decoded from there.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void CommitStaged(CpuState* c)
    {
        Copy(c->WriteStage, c->StagedFirst, c->StagedFirstBytes);
        Stored(c, c->StagedFirst, c->StagedFirstBytes);
        if (c->StagedSecondBytes == 0) return;
        Copy(c->WriteStage + c->StagedFirstBytes, c->StagedSecond, c->StagedSecondBytes);
        Stored(c, c->StagedSecond, c->StagedSecondBytes);
    }

    /// <summary>
    /// Makes sure that <paramref name="length"/> bytes (at most a page) can be accessed; records the fault otherwise.
    /// </summary>
    public static bool Probe(CpuState* c, ulong linear, int length, AccessKind access, byte segment)
    {
        if (!EndsCanonical(c, linear, length, segment) || Translate(c, linear, access, segment) == null) return false;
        ulong last = linear + (ulong)length - 1;
        return ((last ^ linear) & Tlb.PageMask) == 0 || Translate(c, last & Tlb.PageMask & c->LinearMask, access, segment) != null;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static byte* ReadSlow(CpuState* c, ulong linear, int size, byte segment)
    {
        if (!EndsCanonical(c, linear, size, segment) || !IsAdmitted(c, linear, size, AccessKind.Read, segment)) return null;
        byte* first = Translate(c, linear, AccessKind.Read, segment);
        int here = 4096 - (int)(linear & 4095);
        if (first == null || size <= here) return first;

        byte* second = Translate(c, (linear + (ulong)here) & c->LinearMask, AccessKind.Read, segment);
        if (second == null) return null;
        Copy(first, c->ReadStage, here);
        Copy(second, c->ReadStage + here, size - here);
        return c->ReadStage;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static byte* ModifySlow(CpuState* c, ulong linear, int size, byte segment)
    {
        if (!EndsCanonical(c, linear, size, segment) || !IsAdmitted(c, linear, size, AccessKind.Write, segment)) return null;
        byte* first = Translate(c, linear, AccessKind.Write, segment);
        if (first == null) return null;
        int here = 4096 - (int)(linear & 4095);
        byte* second = null;
        if (size > here)
        {
            second = Translate(c, (linear + (ulong)here) & c->LinearMask, AccessKind.Write, segment);
            if (second == null) return null;
        }
        else
        {
            here = size;
            if (c->CodeFrames[(ulong)(first - c->Ram) >> 12] == 0) return first;
        }

        Copy(first, c->WriteStage, here);
        if (second != null) Copy(second, c->WriteStage + here, size - here);
        c->StagedFirst = first;
        c->StagedFirstBytes = here;
        c->StagedSecond = second;
        c->StagedSecondBytes = size - here;
        return c->WriteStage;
    }

    /// <summary>The host address of one byte, through the TLB or a walk.</summary>
    /// <param name="segment">offset of the segment's base: the stack segment faults with #SS where others do with #GP</param>
    /// <returns>null after recording a fault</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static byte* Translate(CpuState* c, ulong linear, AccessKind access, byte segment)
    {
        TlbEntry* e = Tlb.Slot(c->Translations, linear);
        ulong page = linear & Tlb.PageMask;
        if (e->Read == page && (access == AccessKind.Read || e->AllowsStores))
        {
            if (access == AccessKind.Write && e->Write != page && c->CodeFrames[e->Frame >> 1] == 0) e->Write = page;
            return (byte*)((long)linear + e->Addend);
        }

        if (!IsCanonical(c, linear, segment)) return null;

        return CpuState.ProcessorOf(c).FillTlb(e, linear, access);
    }

    /// <summary>
    /// An operand that reaches over the canonical boundary, or in a flat segment over 4 GiB, faults as a whole, before the page it
    /// begins in. (The SDM, Vol. 3A, 5.3, leaves the latter to the implementation.)
    /// </summary>
    private static bool EndsCanonical(CpuState* c, ulong linear, int size, byte segment)
    {
        ulong last = linear + (ulong)size - 1;
        if (((last ^ linear) & Tlb.PageMask) == 0) return true;
        if ((c->Mode & CodeMode.Flat) == 0 || segment >= CpuState.FsBase) return IsCanonical(c, last, segment);
        return last <= uint.MaxValue || Segments.Refuse(c, segment == CpuState.SsBase ? Vector.SS : Vector.GP, 0);
    }

    /// <summary>Alignment and breakpoints, of an access whose address has been found canonical before them.</summary>
    private static bool IsAdmitted(CpuState* c, ulong linear, int size, AccessKind access, byte segment) =>
        c->Guards == Guards.None || (IsCanonical(c, linear, segment) && AccessGuard.Admits(c, linear, size, access));

    private static bool IsCanonical(CpuState* c, ulong linear, byte segment)
    {
        if (PageWalk.IsCanonical(linear)) return true;
        Flow.Record(c, segment == CpuState.SsBase ? Vector.SS : Vector.GP, 0);
        return false;
    }

    private static void Stored(CpuState* c, byte* at, int length)
    {
        ulong address = (ulong)(at - c->Ram);
        if (c->CodeFrames[address >> 12] != 0) CpuState.ProcessorOf(c).CodeStored(address, length);
    }

    private static void Copy(byte* from, byte* to, int length) => Buffer.MemoryCopy(from, to, length, length);
}
