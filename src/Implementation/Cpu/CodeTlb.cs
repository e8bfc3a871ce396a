using System.Runtime.InteropServices;

namespace Implementation.Cpu;

/// <summary>One translation for instruction fetch.</summary>
internal struct CodeTlbEntry
{
    /// <summary>Linear address of the page, or <see cref="Tlb.Empty"/>.</summary>
    public ulong Page;

    /// <summary><see cref="Tlb.Empty"/> since the last flush of the whole TLB.</summary>
    public ulong Mfn;
}

/// <summary>The translations for instruction fetch. Consulted only when a block is not in the jump cache.</summary>
internal sealed unsafe class CodeTlb : IDisposable
{
    private const int Entries = 2048;

    private readonly CodeTlbEntry* _entries = (CodeTlbEntry*)NativeMemory.Alloc((nuint)(Entries * sizeof(CodeTlbEntry)));
    private readonly ushort[] _used = new ushort[Entries];
    private readonly FrameCounts _counts;
    private int _usedCount;

    public CodeTlb(FrameCounts counts)
    {
        _counts = counts;
        new Span<byte>(_entries, Entries * sizeof(CodeTlbEntry)).Fill(0xFF);
    }

    public bool TryGet(ulong linear, out ulong mfn)
    {
        CodeTlbEntry* entry = Slot(linear);
        mfn = entry->Mfn;
        return entry->Page == (linear & Tlb.PageMask);
    }

    /// <returns>whether another page's translation was displaced</returns>
    public bool Fill(ulong linear, ulong mfn)
    {
        CodeTlbEntry* entry = Slot(linear);
        bool displaced = entry->Page != Tlb.Empty;
        if (entry->Mfn == Tlb.Empty) _used[_usedCount++] = (ushort)(entry - _entries);
        Invalidate(entry);
        _counts.Add(mfn, writable: false);
        *entry = new() { Page = linear & Tlb.PageMask, Mfn = mfn };
        return displaced;
    }

    public void Flush()
    {
        for (int i = 0; i < _usedCount; i++)
        {
            CodeTlbEntry* entry = _entries + _used[i];
            Invalidate(entry);
            entry->Mfn = Tlb.Empty;
        }

        _usedCount = 0;
    }

    public void FlushPage(ulong linear)
    {
        CodeTlbEntry* entry = Slot(linear);
        if (entry->Page == (linear & Tlb.PageMask)) Invalidate(entry);
    }

    public void AddTo(List<CachedTranslation> list)
    {
        for (int i = 0; i < _usedCount; i++)
        {
            CodeTlbEntry entry = _entries[_used[i]];
            if (entry.Page != Tlb.Empty) list.Add(new(entry.Page, entry.Mfn, false));
        }
    }

    public void Dispose() => NativeMemory.Free(_entries);

    private void Invalidate(CodeTlbEntry* entry)
    {
        if (entry->Page != Tlb.Empty) _counts.Remove(entry->Mfn, writable: false);
        entry->Page = Tlb.Empty;
    }

    private CodeTlbEntry* Slot(ulong linear)
    {
        ulong page = linear >> 12;
        return _entries + ((page ^ page >> 11) & (Entries - 1));
    }
}
