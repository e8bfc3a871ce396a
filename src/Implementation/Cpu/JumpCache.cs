using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Implementation.Cpu;

/// <summary>A jump cache entry: where the code at a linear address was decoded to, under the current translations.</summary>
internal unsafe struct JumpEntry
{
    public ulong Rip;
    public Uop* First;
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
