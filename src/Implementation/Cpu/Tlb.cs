using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Implementation.Cpu;

/// <summary>
/// One translation for data. A tag is the page's linear address, or <see cref="Tlb.Empty"/> where the access needs the slow path.
/// </summary>
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

/// <summary>The software TLB for data: direct-mapped, and cheap to flush because it remembers which entries are in use.</summary>
internal sealed unsafe class Tlb : IDisposable
{
    public const ulong PageMask = ~0xFFFUL;

    /// <summary>A tag that no page matches.</summary>
    public const ulong Empty = ulong.MaxValue;

    private const int Entries = 2048;
    private const ulong SlotMask = (Entries - 1) << 5;

    private readonly FrameCounts? _counts;
    private readonly ushort[] _used = new ushort[Entries];
    private int _usedCount;

    /// <param name="counts">told of each translation, where somebody wants to know</param>
    public Tlb(FrameCounts? counts)
    {
        _counts = counts;
        Base = Allocate();
    }

    /// <summary>Entries without a translation, which nobody fills.</summary>
    public static TlbEntry* Nothing { get; } = Allocate();

    public TlbEntry* Base { get; private set; }

    /// <summary>Whether a 4 KiB piece of a larger page is cached, so that dropping one page must drop them all.</summary>
    public bool HoldsLargePage { get; set; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TlbEntry* Slot(CpuState* c, ulong linear) => Slot(c->Tlb, linear);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TlbEntry* Slot(TlbEntry* entries, ulong linear) => (TlbEntry*)((byte*)entries + ((linear >> 7) & SlotMask));

    public void Fill(TlbEntry* entry, ulong page, byte* host, ulong mfn, bool writable, bool watched)
    {
        if (entry->Frame == Empty) _used[_usedCount++] = (ushort)(entry - Base);
        else if (entry->Read != Empty) _counts?.Remove(entry->Frame >> 1, entry->AllowsStores);
        _counts?.Add(mfn, writable);
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
            Invalidate(entry);
            entry->Frame = Empty;
        }

        _usedCount = 0;
        HoldsLargePage = false;
    }

    public void FlushPage(ulong linear)
    {
        TlbEntry* entry = Slot(Base, linear);
        if (entry->Read == (linear & PageMask)) Invalidate(entry);
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

    private static TlbEntry* Allocate()
    {
        TlbEntry* entries = (TlbEntry*)NativeMemory.AlignedAlloc((nuint)(Entries * sizeof(TlbEntry)), 4096);
        new Span<byte>(entries, Entries * sizeof(TlbEntry)).Fill(0xFF);
        return entries;
    }

    private void Invalidate(TlbEntry* entry)
    {
        if (entry->Read != Empty) _counts?.Remove(entry->Frame >> 1, entry->AllowsStores);
        entry->Read = entry->Write = Empty;
    }
}
