using Implementation.Cpu;
using Implementation.Memory;

namespace Implementation.Hypervisor;

/// <summary>The GDT that a vCPU runs on, up to 14 pages of the guest's and then Xen's; and its LDT, of pages of the guest's.</summary>
internal static class Descriptors
{
    public const ulong FlatRing3Code64 = 0x00af_fb00_0000_ffff;

    private const ushort FirstXenSelector = PageTables.GuestGdtPages << PhysicalMemory.PageShift;
    private const int LocalTable = 4;

    /// <summary>The descriptor a selector names, for Xen; false beyond the table, or where the page of an LDT cannot be mapped.</summary>
    public static bool TryRead(Vcpu vcpu, ushort selector, out ulong descriptor)
    {
        if (TryRead(vcpu, selector, out descriptor, out ulong? absent)) return true;

        return absent is { } linear
            && vcpu.Domain.Xen.PageTables.TryMapLdtPage(vcpu, (int)(linear - Layout.LocalTable) >> PhysicalMemory.PageShift)
            && TryRead(vcpu, selector, out descriptor, out _);
    }

    /// <summary>The descriptor a selector names, for the processor.</summary>
    /// <param name="absent">where Xen would have the descriptor of an LDT whose page it has not mapped</param>
    /// <returns>false beyond the table, and if it is absent</returns>
    public static bool TryRead(Vcpu vcpu, ushort selector, out ulong descriptor, out ulong? absent)
    {
        absent = null;
        descriptor = 0;
        if ((selector & LocalTable) != 0) return TryReadLocal(vcpu, selector & ~7, out descriptor, out absent);

        int offset = selector & ~7;
        if (offset >= FirstXenSelector) return TryReadXens(vcpu, offset, out descriptor);

        ulong mfn = vcpu.GdtFrames[offset >> PhysicalMemory.PageShift];
        // A page that the guest did not supply is zero on Xen: the descriptor is there and is not usable.
        if (mfn != 0) descriptor = vcpu.Domain.Xen.Memory.Entries(mfn)[(offset & (PhysicalMemory.PageSize - 1)) >> 3];
        return true;
    }

    /// <summary>Whether code at CPL 3 may go on here: in a present ring-3 code segment, 64-bit or of compatibility mode, that reaches so far.</summary>
    /// <param name="rip">untrusted</param>
    public static bool IsUserCode(Vcpu vcpu, ushort selector, ulong rip)
    {
        Descriptor d = Read(vcpu, selector);
        if ((selector & 3) != 3 || d is not { IsCode: true, IsPresent: true } || (d.Dpl != 3 && !d.IsConforming)) return false;

        return d.IsLong ? !d.IsBig && Layout.IsCanonical(rip) : rip <= d.Limit;
    }

    /// <summary>Whether SS may hold this selector at CPL 3: a present ring-3 writable data segment.</summary>
    public static bool IsUserStack(Vcpu vcpu, ushort selector)
    {
        const ulong CheckedBits = 0x0000_fa00_0000_0000, WritableData = 0x0000_f200_0000_0000; // P, DPL, S, code, W

        return (selector & 3) == 3 && TryRead(vcpu, selector, out ulong descriptor) && (descriptor & CheckedBits) == WritableData;
    }

    /// <summary>Whether GS may hold this selector at CPL 3: null, or a present ring-3 data or readable code segment.</summary>
    /// <param name="baseAddress">the segment's base by its descriptor</param>
    public static bool IsUserData(Vcpu vcpu, ushort selector, out uint baseAddress)
    {
        const ulong CheckedBits = 0x0000_f000_0000_0000, Segment = 0x0000_f000_0000_0000, Code = 1UL << 43, Readable = 1UL << 41;

        baseAddress = 0;
        if (selector < 4) return true;
        if (!TryRead(vcpu, selector, out ulong descriptor) || (descriptor & CheckedBits) != Segment) return false;
        if ((descriptor & (Code | Readable)) == Code) return false;

        baseAddress = (uint)(descriptor >> 16 & 0xff_ffff | descriptor >> 32 & 0xff00_0000);
        return true;
    }

    /// <summary>The descriptor a selector names; zeros, which nothing can be loaded from, for a null one and beyond the table.</summary>
    public static Descriptor Read(Vcpu vcpu, ushort selector) =>
        !Descriptor.IsNull(selector) && TryRead(vcpu, selector, out ulong descriptor) ? new(descriptor) : default;

    /// <summary>Whether a data segment register may hold this selector at a CPL: null, or a present readable segment of no more privilege.</summary>
    public static bool IsData(Vcpu vcpu, ushort selector, int cpl)
    {
        Descriptor d = Read(vcpu, selector);
        return Descriptor.IsNull(selector)
            || (d is { IsReadable: true, IsPresent: true } && (d.IsConforming || Math.Max(cpl, selector & 3) <= d.Dpl));
    }

    private static bool TryReadLocal(Vcpu vcpu, int offset, out ulong descriptor, out ulong? absent)
    {
        (descriptor, absent) = (0, null);
        if (offset >> 3 >= vcpu.Ldt.Entries) return false;

        ulong mfn = vcpu.LdtFrames[offset >> PhysicalMemory.PageShift];
        if (mfn == 0) absent = Layout.LocalTable + (ulong)offset;
        else descriptor = vcpu.Domain.Xen.Memory.Entries(mfn)[(offset & (PhysicalMemory.PageSize - 1)) >> 3];
        return mfn != 0;
    }

    private static bool TryReadXens(Vcpu vcpu, int offset, out ulong descriptor)
    {
        descriptor = offset switch
        {
            0xe008 => 0x00af_9b00_0000_ffff, // Xen's own code, ring 0
            0xe010 => 0x00cf_9300_0000_ffff,
            0xe018 when vcpu.Domain.Is32Bit => 0x00cf_bb00_0000_ffff, // ring 1 code
            0xe020 when vcpu.Domain.Is32Bit => 0x00cf_b300_0000_ffff, // ring 1 data
            0xe028 when vcpu.Domain.Is32Bit => 0x00cf_fb00_0000_ffff, // ring 3 code
            0xe030 when vcpu.Domain.Is32Bit => 0x00cf_f300_0000_ffff, // ring 3 data
            0xe020 => 0x00cf_fb00_0000_ffff, // ring 3 code, 32-bit
            0xe028 => 0x00cf_f300_0000_ffff, // ring 3 data
            0xe030 => FlatRing3Code64,
            0xe038 => 0x00cf_9b00_0000_ffff, // ring 0 code, 32-bit
            _ => 0,
        };
        return offset <= 0xe038;
    }
}
