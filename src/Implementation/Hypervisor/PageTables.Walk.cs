namespace Implementation.Hypervisor;

/// <summary>Reading guest tables as Xen does, without the hardware.</summary>
public partial class PageTables
{
    /// <summary>Finds the L1 that maps an address under the kernel root (map_guest_l1e(), xen/arch/x86/pv/mm.c).</summary>
    /// <returns>false: an upper entry is absent or maps a superpage. Whether the frame found is an L1 is for the caller.</returns>
    public bool TryFindLeafTable(Vcpu v, ulong linear, out ulong table)
    {
        table = v.KernelRootMfn;
        for (int level = 4; level > 1; level--)
        {
            if (!Xen.Memory.Contains(table)) return false;

            ulong entry = ReadEntry(table, Pte.Slot(linear, level));
            if ((entry & (Pte.Present | Pte.PageSize)) != Pte.Present) return false;

            table = Pte.Mfn(entry);
        }

        return Xen.Memory.Contains(table);
    }

    /// <summary>The leaf that maps an address under the kernel root; 0 where there is none (guest_get_eff_kern_l1e()).</summary>
    public ulong ReadLeaf(Vcpu v, ulong linear) =>
        TryFindLeafTable(v, linear, out ulong table) ? ReadEntry(table, Pte.Slot(linear, 1)) : 0;
}
