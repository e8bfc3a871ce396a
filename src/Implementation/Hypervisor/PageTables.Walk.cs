using Implementation.Cpu;
using Implementation.Memory;

namespace Implementation.Hypervisor;

/// <summary>Reading guest tables as Xen does, without the hardware.</summary>
public partial class PageTables
{
    /// <summary>Finds the L1 that maps an address under the kernel root (map_guest_l1e(), xen/arch/x86/pv/mm.c).</summary>
    /// <returns>false: an upper entry is absent or maps a superpage. Whether the frame found is an L1 is for the caller.</returns>
    public bool TryFindLeafTable(Vcpu v, ulong linear, out ulong table)
    {
        table = v.KernelRootMfn;
        for (int level = (int)RootType(v.Domain); level > 1; level--)
        {
            if (!Xen.Memory.Contains(table)) return false;

            ulong entry = ReadEntry(table, Pte.Slot(linear, level));
            if ((entry & (Pte.Present | Pte.PageSize)) != Pte.Present) return false;

            table = Pte.Mfn(entry);
        }

        return Xen.Memory.Contains(table);
    }

    /// <summary>Translates an address of a 32-bit domain's with Xen's rights: every mapping is readable, RW decides on stores.</summary>
    internal bool TryWalk32(Vcpu v, ulong linear, AccessKind access, out ulong address)
    {
        address = 0;
        if (linear > uint.MaxValue) return false;

        ulong table = v.KernelRootMfn, entry = 0;
        for (int level = 3; level >= 1; level--)
        {
            if (!Xen.Memory.Contains(table)) return false;

            entry = ReadEntry(table, Pte.Slot(linear, level));
            if (!Pte.IsPresent(entry) || (access == AccessKind.Write && !Pte.IsWritable(entry))) return false;

            table = Pte.Mfn(entry);
        }

        address = (table << PhysicalMemory.PageShift) + (linear & (PhysicalMemory.PageSize - 1));
        return true;
    }

    /// <summary>The leaf that maps an address under the kernel root; 0 where there is none (guest_get_eff_kern_l1e()).</summary>
    public ulong ReadLeaf(Vcpu v, ulong linear) =>
        TryFindLeafTable(v, linear, out ulong table) ? ReadEntry(table, Pte.Slot(linear, 1)) : 0;
}
