using System.Buffers.Binary;
using Implementation.Hypervisor;

namespace Implementation.Hypercalls;

/// <summary>set_trap_table (0): merges an array of <c>struct trap_info</c> into the virtual IDT.</summary>
internal static class SetTrapTable
{
    private const int EntrySize = 16, EntriesAtOnce = 1024;

    /// <param name="r">A1: the array, ended by an entry with address 0; null clears every trap; untrusted</param>
    /// <returns>0; -EFAULT; -EINVAL: a handler that is not a canonical address</returns>
    public static long Handle(Xen xen, Vcpu v, in HypercallRegisters r)
    {
        if (r.A1 == 0)
        {
            v.Traps.Clear();
            return 0;
        }

        Span<byte> entry = stackalloc byte[EntrySize];
        ulong at = r.A1;
        for (int i = 0; i < EntriesAtOnce; i++, at += EntrySize)
        {
            if (!v.TryRead(at, entry)) return -Errno.EFAULT;
            ulong address = BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]);
            if (address == 0) return 0;
            if (!Layout.IsCanonical(address)) return -Errno.EINVAL;

            v.Traps[entry[0]] = new(entry[1], BinaryPrimitives.ReadUInt16LittleEndian(entry[2..]), address);
        }

        v.Continuation = r with { A1 = at };
        return 0;
    }
}
