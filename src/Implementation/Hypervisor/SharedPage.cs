using System.Runtime.InteropServices;
using Implementation.Memory;

namespace Implementation.Hypervisor;

/// <summary>A frame that a guest and the hypervisor both write. Whatever is read from it is untrusted and may change.</summary>
internal readonly struct SharedPage(PhysicalMemory memory, ulong mfn)
{
    public ulong Mfn { get; } = mfn;

    public T Read<T>(int offset) where T : unmanaged => MemoryMarshal.Read<T>(memory.Frame(Mfn)[offset..]);

    public void Write<T>(int offset, T value) where T : unmanaged
    {
        MemoryMarshal.Write(memory.Frame(Mfn)[offset..], in value);
        memory.Written(Mfn);
    }

    public ReadOnlySpan<byte> Bytes(int offset, int length) => memory.Frame(Mfn).Slice(offset, length);

    public void WriteBytes(int offset, ReadOnlySpan<byte> from)
    {
        from.CopyTo(memory.Frame(Mfn)[offset..]);
        memory.Written(Mfn);
    }
}
