using Implementation.Cpu;

namespace Implementation.Hypervisor;

/// <summary>Pages of segment descriptors (SDM Vol. 3A, 3.4.5).</summary>
public partial class PageTables
{
    /// <summary>Pages of the GDT that a guest may fill; the rest is Xen's (FIRST_RESERVED_GDT_PAGE).</summary>
    public const int GuestGdtPages = 14;

    public const int DescriptorsPerPage = 512;

    /// <summary>Entries of the GDT that a guest may fill (FIRST_RESERVED_GDT_ENTRY).</summary>
    public const int GuestGdtEntries = GuestGdtPages * DescriptorsPerPage;

    private const ulong PresentBit = 1UL << 47, CodeOrData = 1UL << 44, LongBit = 1UL << 53;
    private const int DplShift = 45;
    private const ulong CallGate = 0xc, LimitBits = 0x000f_0000_0000_ffff;

    /// <summary>Makes the frames the vCPU's GDT (pv_set_gdt(), xen/arch/x86/pv/descriptor-tables.c).</summary>
    /// <returns>0; -EINVAL, with the old GDT still in place: too many entries, not the domain's frames, in another use, or a
    /// descriptor that a guest may not have.</returns>
    public long SetGdt(Vcpu v, ReadOnlySpan<ulong> frames, int entries)
    {
        if (entries > GuestGdtEntries) return -Errno.EINVAL;

        for (int i = 0; i < frames.Length; i++)
        {
            if (GetPageAndType(frames[i], PageType.SegDesc, v.Domain.Id) == 0) continue;

            while (i-- > 0) PutPageAndType(frames[i]);
            return -Errno.EINVAL;
        }

        foreach (ulong old in v.GdtFrames)
        {
            if (old != 0) PutPageAndType(old);
        }

        Array.Clear(v.GdtFrames);
        frames.CopyTo(v.GdtFrames);
        v.GdtEntries = entries;
        v.HasNewDescriptors = true;
        return 0;
    }

    /// <summary>Stores one descriptor (do_update_descriptor()).</summary>
    /// <param name="address">machine address of the descriptor; untrusted</param>
    /// <param name="descriptor">the descriptor; untrusted</param>
    /// <returns>0; -EINVAL: unaligned, not the caller's frame, in use as a table, or not a descriptor for a guest.</returns>
    public long UpdateDescriptor(Domain caller, ulong address, ulong descriptor)
    {
        if (address % sizeof(ulong) != 0 || !TryFixDescriptor(caller, ref descriptor)) return -Errno.EINVAL;

        ulong mfn = address >> 12;
        if (!TryGetPage(mfn, caller.Id)) return -Errno.EINVAL;

        PageType use = Frames[mfn].Type == PageType.SegDesc ? PageType.SegDesc : PageType.Writable;
        long rc = GetPageType(mfn, use) == 0 ? 0 : -Errno.EINVAL;
        if (rc == 0)
        {
            WriteEntry(mfn, (int)(address % 4096 / sizeof(ulong)), descriptor);
            PutPageType(mfn);
            foreach (Vcpu v in caller.Vcpus) v.HasNewDescriptors = true;
        }

        PutPage(mfn);
        return rc;
    }

    /// <summary>Whether a guest may have the descriptor, which is lowered to the guest's privilege (check_descriptor()).</summary>
    protected internal virtual bool TryFixDescriptor(Domain owner, ref ulong descriptor)
    {
        if ((descriptor & PresentBit) == 0) return true;

        ulong dpl = GuestSelector.Lower(owner, (ushort)(descriptor >> DplShift & 3));
        ulong type = descriptor >> 40 & 0xf;
        ulong fixedUp = (descriptor & ~(3UL << DplShift)) | dpl << DplShift;

        if ((descriptor & CodeOrData) != 0)
        {
            if (owner.Is32Bit && (descriptor & LongBit) != 0) return false;
            if (owner.Is32Bit && EndsInXensPart(new(descriptor))) fixedUp |= LimitBits;
        }
        else if (type != 0)
        {
            // Of the system descriptors only call gates, made unusable: they fault, and Xen would emulate them. The DPL that
            // the guest meant is kept in the selector.
            ulong reserved = owner.Is32Bit ? 0xe0 : 0xffUL;
            if (type != CallGate || !IsGateTarget(owner, (ushort)(descriptor >> 16)) || (descriptor >> 32 & reserved) != 0) return false;

            fixedUp = (descriptor & ~(3UL << DplShift) & ~(3UL << 16)) | dpl << 16;
        }

        descriptor = fixedUp;
        return true;
    }

    /// <summary>A flat segment that ends where a 32-bit Xen would begin, which here begins later: it is made to reach all of the M2P.</summary>
    private static bool EndsInXensPart(Descriptor d) => d.Base == 0 && d.Limit >= MachineToPhys32.VirtStart;

    /// <summary>A selector of the guest's GDT, of an LDT, or of Xen's flat kernel code (guest_gate_selector_okay()).</summary>
    private static bool IsGateTarget(Domain owner, ushort selector) =>
        selector >> 3 < GuestGdtEntries || selector == (owner.Is32Bit ? Layout.FlatCode32 : Layout.FlatCode64) || (selector & 4) != 0;

    /// <summary>validate_segdesc_page().</summary>
    private long ValidateDescriptors(ulong mfn)
    {
        Domain owner = DomainOf(mfn);
        for (int i = 0; i < DescriptorsPerPage; i++)
        {
            ulong descriptor = ReadEntry(mfn, i);
            ulong fixedUp = descriptor;
            if (!TryFixDescriptor(owner, ref fixedUp)) return -Errno.EINVAL;
            if (fixedUp != descriptor) WriteEntry(mfn, i, fixedUp);
        }

        return 0;
    }
}
