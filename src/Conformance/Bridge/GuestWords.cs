using System.Buffers.Binary;
using Implementation.Hypervisor;

namespace Conformance.Bridge;

/// <summary>Members of a guest's structures that are as wide as its addresses: "unsigned long", pointers and frame numbers.</summary>
internal static class GuestWords
{
    /// <summary>Bytes of such a member.</summary>
    public static int WordSize(this Domain domain) => domain.Is32Bit ? sizeof(uint) : sizeof(ulong);

    /// <summary>Reads one from a guest's memory.</summary>
    public static bool TryReadGuestWord(this Vcpu caller, ulong at, out ulong value)
    {
        Span<byte> raw = stackalloc byte[caller.Domain.WordSize()];
        bool isRead = caller.TryRead(at, raw);
        value = isRead ? raw.GuestWord(0) : 0;
        return isRead;
    }

    /// <summary>Reads several that lie behind one another.</summary>
    public static bool TryReadGuestWords(this Vcpu caller, ulong at, Span<ulong> to)
    {
        int size = caller.Domain.WordSize();
        Span<byte> raw = stackalloc byte[to.Length * size];
        if (!caller.TryRead(at, raw)) return false;

        for (int i = 0; i < to.Length; i++) to[i] = GuestWord(raw, i * size, size);
        return true;
    }

    /// <summary>Reads one from a structure that has none but such members before it, by its number.</summary>
    /// <param name="raw">the structure's bytes, as many words as they are</param>
    public static ulong GuestWord(this ReadOnlySpan<byte> raw, int at, int size) => size == sizeof(uint)
        ? BinaryPrimitives.ReadUInt32LittleEndian(raw[at..])
        : BinaryPrimitives.ReadUInt64LittleEndian(raw[at..]);

    private static ulong GuestWord(this Span<byte> raw, int at) => GuestWord(raw, at, raw.Length);
}
