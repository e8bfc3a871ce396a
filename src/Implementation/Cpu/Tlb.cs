using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Implementation.Cpu;

/// <summary>One translation for data. A tag is the page's linear address, or <see cref="Tlb.Empty"/> where the access needs the slow path.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TlbEntry
{
    public ulong Read, Write;

    /// <summary>Host address minus linear address.</summary>
    public long Addend;

    /// <summary>mfn × 2 + whether stores are allowed; <see cref="Tlb.Empty"/> since the last flush of the whole TLB.</summary>
    /// <remarks>A frame with decoded code in it has no write tag although stores are allowed, so that they are seen.</remarks>
    public ulong Frame;

    public readonly bool AllowsStores => (Frame & 1) != 0;
}

/// <summary>One translation for instruction fetch.</summary>
internal struct CodeTlbEntry
{
    /// <summary>Linear address of the page, or <see cref="Tlb.Empty"/>.</summary>
    public ulong Page;

    /// <summary><see cref="Tlb.Empty"/> since the last flush of the whole TLB.</summary>
    public ulong Mfn;
}

/// <summary>A jump cache entry: where the code at a linear address was decoded to, under the current translations.</summary>
internal unsafe struct JumpEntry
{
    public ulong Rip;
    public Uop* First;
}

/// <summary>The software TLB for data: direct-mapped, and cheap to flush because it remembers which entries are in use.</summary>
internal sealed unsafe class Tlb : IDisposable
{
    public const ulong PageMask = ~0xFFFUL;

    /// <summary>A tag that no page matches.</summary>
    public const ulong Empty = ulong.MaxValue;

    private const int Entries = 1024;
    private const ulong SlotMask = (Entries - 1) << 5;

    private readonly ushort[] _used = new ushort[Entries];
    private int _usedCount;

    public Tlb()
    {
        Base = (TlbEntry*)NativeMemory.AlignedAlloc((nuint)(Entries * sizeof(TlbEntry)), 4096);
        new Span<byte>(Base, Entries * sizeof(TlbEntry)).Fill(0xFF);
    }

    public TlbEntry* Base { get; private set; }

    /// <summary>Whether a 4 KiB piece of a larger page is cached, so that dropping one page must drop them all.</summary>
    public bool HoldsLargePage { get; set; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TlbEntry* Slot(CpuState* c, ulong linear) => (TlbEntry*)((byte*)c->Tlb + ((linear >> 7) & SlotMask));

    public void Fill(TlbEntry* entry, ulong page, byte* host, ulong mfn, bool writable, bool watched)
    {
        if (entry->Frame == Empty) _used[_usedCount++] = (ushort)(entry - Base);
        entry->Read = page;
        entry->Write = writable && !watched ? page : Empty;
        entry->Addend = (long)host - (long)page;
        entry->Frame = mfn << 1 | (writable ? 1UL : 0);
    }

    public void Flush()
    {
        for (int i = 0; i < _usedCount; i++)
        {
            TlbEntry* entry = Base + _used[i];
            entry->Read = entry->Write = entry->Frame = Empty;
        }

        _usedCount = 0;
        HoldsLargePage = false;
    }

    public void FlushPage(ulong linear)
    {
        TlbEntry* entry = (TlbEntry*)((byte*)Base + ((linear >> 7) & SlotMask));
        if (entry->Read == (linear & PageMask)) entry->Read = entry->Write = Empty;
    }

    /// <summary>Sends the next store to <paramref name="mfn"/> through the slow path, which looks for decoded code.</summary>
    public void WatchStores(ulong mfn)
    {
        for (int i = 0; i < _usedCount; i++)
        {
            TlbEntry* entry = Base + _used[i];
            if (entry->Frame >> 1 == mfn) entry->Write = Empty;
        }
    }

    public bool Holds(ulong mfn, bool writable)
    {
        for (int i = 0; i < _usedCount; i++)
        {
            TlbEntry* entry = Base + _used[i];
            if (entry->Read != Empty && entry->Frame >> 1 == mfn && (!writable || entry->AllowsStores)) return true;
        }

        return false;
    }

    public void AddTo(List<CachedTranslation> list)
    {
        for (int i = 0; i < _usedCount; i++)
        {
            TlbEntry* entry = Base + _used[i];
            if (entry->Read != Empty) list.Add(new(entry->Read, entry->Frame >> 1, entry->AllowsStores));
        }
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(Base);
        Base = null;
    }
}

/// <summary>The translations for instruction fetch. Consulted only when a block is not in the jump cache.</summary>
internal sealed unsafe class CodeTlb : IDisposable
{
    private const int Entries = 2048;

    private readonly CodeTlbEntry* _entries = (CodeTlbEntry*)NativeMemory.Alloc((nuint)(Entries * sizeof(CodeTlbEntry)));
    private readonly ushort[] _used = new ushort[Entries];
    private int _usedCount;

    public CodeTlb() => new Span<byte>(_entries, Entries * sizeof(CodeTlbEntry)).Fill(0xFF);

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
        *entry = new() { Page = linear & Tlb.PageMask, Mfn = mfn };
        return displaced;
    }

    public void Flush()
    {
        for (int i = 0; i < _usedCount; i++) _entries[_used[i]] = new() { Page = Tlb.Empty, Mfn = Tlb.Empty };
        _usedCount = 0;
    }

    public void FlushPage(ulong linear)
    {
        CodeTlbEntry* entry = Slot(linear);
        if (entry->Page == (linear & Tlb.PageMask)) entry->Page = Tlb.Empty;
    }

    public bool Holds(ulong mfn)
    {
        for (int i = 0; i < _usedCount; i++)
        {
            if (_entries[_used[i]].Page != Tlb.Empty && _entries[_used[i]].Mfn == mfn) return true;
        }

        return false;
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

    private CodeTlbEntry* Slot(ulong linear)
    {
        ulong page = linear >> 12;
        return _entries + ((page ^ page >> 11) & (Entries - 1));
    }
}

/// <summary>Linear address to decoded block, valid as long as the translations for fetch are.</summary>
internal sealed unsafe class JumpCache : IDisposable
{
    private const int Entries = 4096;

    /// <summary>Not canonical, and every target is checked to be before it is looked up.</summary>
    private const ulong NoRip = 1UL << 63;

    private readonly ushort[] _used = new ushort[Entries];
    private int _usedCount;

    public JumpCache()
    {
        Base = (JumpEntry*)NativeMemory.AlignedAlloc((nuint)(Entries * sizeof(JumpEntry)), 4096);
        for (int i = 0; i < Entries; i++) Base[i].Rip = NoRip;
    }

    public JumpEntry* Base { get; private set; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static JumpEntry* Slot(CpuState* c, ulong rip) => c->Jumps + ((rip ^ rip >> 12) & (Entries - 1));

    public void Put(JumpEntry* entry, ulong rip, Uop* first)
    {
        if (entry->Rip == NoRip) _used[_usedCount++] = (ushort)(entry - Base);
        entry->Rip = rip;
        entry->First = first;
    }

    public void Flush()
    {
        for (int i = 0; i < _usedCount; i++) Base[_used[i]].Rip = NoRip;
        _usedCount = 0;
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(Base);
        Base = null;
    }
}
