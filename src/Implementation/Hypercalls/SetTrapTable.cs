using Implementation.Hypervisor;
using Implementation.Memory;

namespace Implementation.Hypercalls;

/// <summary>set_trap_table (0): merges an array of <c>struct trap_info</c> into the virtual IDT.</summary>
internal static class SetTrapTable
{
    private const int EntriesAtOnce = 1024;

    /// <param name="r">A1: the array, ended by an entry with address 0; null clears every trap; untrusted</param>
    /// <returns>0; -EFAULT; -EINVAL: a handler that is not a canonical address</returns>
    public static long Handle(Xen xen, Vcpu v, in HypercallRegisters r)
    {
        if (r.A1 == 0)
        {
            v.Traps.Clear();
            return 0;
        }

        GuestAbi abi = v.Domain.Abi;
        int size = abi.Choose(narrow: 8, wide: 16);
        Span<byte> page = stackalloc byte[PhysicalMemory.PageSize];
        ulong at = r.A1;
        for (int left = EntriesAtOnce; left > 0;)
        {
            int count = Math.Min(left, EntriesWithinPage(at, size));
            Span<byte> entries = page[..(count * size)];
            if (!v.TryRead(at, entries)) return -Errno.EFAULT;
            for (; !entries.IsEmpty; entries = entries[size..])
            {
                MemberReader members = new(entries, abi);
                (byte vector, byte flags, ushort selector, ulong address) = (members.Byte(), members.Byte(), members.Half(), members.Word());
                if (address == 0) return 0;
                if (!Layout.IsCanonical(address)) return -Errno.EINVAL;

                v.Traps[vector] = new(flags, GuestSelector.Lower(v.Domain, selector), address);
            }

            left -= count;
            at = unchecked(at + (ulong)(count * size));
        }

        v.Continuation = r with { A1 = at };
        return 0;
    }

    /// <summary>Entries that can be read together and come out as one by one: none touches the page's last byte; at least one.</summary>
    private static int EntriesWithinPage(ulong at, int size) =>
        Math.Max(1, (PhysicalMemory.PageSize - 1 - (int)(at & (PhysicalMemory.PageSize - 1))) / size);
}
