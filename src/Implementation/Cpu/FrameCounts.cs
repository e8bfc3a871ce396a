using System.Runtime.InteropServices;

namespace Implementation.Cpu;

/// <summary>How many usable translations of one processor reach each frame.</summary>
internal sealed unsafe class FrameCounts(ulong frames) : IDisposable
{
    private ushort* _any = (ushort*)NativeMemory.AllocZeroed((nuint)frames, sizeof(ushort));
    private ushort* _writable = (ushort*)NativeMemory.AllocZeroed((nuint)frames, sizeof(ushort));

    public void Add(ulong mfn, bool writable)
    {
        _any[mfn]++;
        if (writable) _writable[mfn]++;
    }

    public void Remove(ulong mfn, bool writable)
    {
        _any[mfn]--;
        if (writable) _writable[mfn]--;
    }

    public bool IsReached(ulong mfn, bool writable) => mfn < frames && (writable ? _writable[mfn] : _any[mfn]) != 0;

    public void Dispose()
    {
        NativeMemory.Free(_any);
        NativeMemory.Free(_writable);
        _any = _writable = null;
    }
}
