using Implementation.Domains;
using Implementation.Memory;

namespace Implementation.Hypervisor;

/// <summary>Model-specific registers as RDMSR and WRMSR of a guest kernel find them.</summary>
/// <remarks>The values are those measured on Xen 4.17 under the same CPUID policy (pv-abi 4.4, 4.4b).</remarks>
internal static class Msrs
{
    private const uint Tsc = 0x10, ApicBase = 0x1b, FeatureControl = 0x3a, MicrocodeRevision = 0x8b, PlatformInfo = 0xce,
        ArchCapabilities = 0x10a, MiscFeatures = 0x140, McgCap = 0x179, McgStatus = 0x17a, MiscEnable = 0x1a0, Pat = 0x277,
        Efer = 0xc000_0080, FsBase = 0xc000_0100, GsBase = 0xc000_0101, KernelGsBase = 0xc000_0102, XenBase = 0x4000_0000;

    private const uint FirstBankRegister = 0x400, LastBankRegister = 0x47f;

    /// <summary>EFER.LME and LMA.</summary>
    private const ulong LongMode = (1 << 8) | (1 << 10);

    /// <summary>WB, WT, UC-, UC, WC, WP, UC, UC: how Xen programs it (xen/arch/x86/include/asm/processor.h).</summary>
    private const ulong XenPat = 0x0000_0501_0007_0406;

    /// <returns>false: the guest gets #GP</returns>
    public static bool TryRead(Vcpu vcpu, uint register, out ulong value)
    {
        (bool isKnown, ulong found) = register switch
        {
            Tsc => (true, vcpu.Now),
            ApicBase => (true, 0xfee0_0900UL),
            FeatureControl => (true, 1UL), // locked
            MicrocodeRevision or PlatformInfo or ArchCapabilities or MiscFeatures or McgCap or McgStatus => (true, 0UL),
            MiscEnable => (true, 0x80_1801UL),
            Pat => (true, XenPat),
            // A 32-bit guest is not told of long mode, and has no registers for bases.
            Efer when vcpu.Domain.Is32Bit => (true, vcpu.Cpu.Efer & ~LongMode),
            FsBase or GsBase or KernelGsBase when vcpu.Domain.Is32Bit => (false, 0UL),
            Efer => (true, vcpu.Cpu.Efer),
            FsBase => (true, vcpu.Cpu.FsBase),
            GsBase => (true, vcpu.Cpu.GsBase),
            KernelGsBase => (true, vcpu.OtherGsBase),
            >= FirstBankRegister and <= LastBankRegister => (true, 0UL),
            _ => (false, 0UL),
        };
        value = found;
        return isKnown;
    }

    /// <returns>false: the guest gets #GP</returns>
    public static bool TryWrite(Vcpu vcpu, uint register, ulong value)
    {
        switch (register)
        {
            case FsBase or GsBase or KernelGsBase when vcpu.Domain.Is32Bit || !Layout.IsCanonical(value):
                return false;
            case FsBase:
                vcpu.Cpu.FsBase = value;
                return true;
            case GsBase:
                vcpu.Cpu.GsBase = value;
                return true;
            case KernelGsBase:
                vcpu.OtherGsBase = value;
                return true;
            case Efer or Pat: // What Xen does not emulate may only be written as it is.
                return TryRead(vcpu, register, out ulong now) && value == now;
            case XenBase:
                return TryFillHypercallPage(vcpu, value);
            default:
                // Known registers keep their values and swallow the write, as for any domain without hardware.
                return TryRead(vcpu, register, out _);
        }
    }

    /// <summary>Writes the hypercall stubs into a guest frame.</summary>
    /// <param name="value">machine address of the page, with the index of Xen's page, always 0, in its low bits; untrusted</param>
    private static bool TryFillHypercallPage(Vcpu vcpu, ulong value)
    {
        Xen xen = vcpu.Domain.Xen;
        ulong mfn = value >> PhysicalMemory.PageShift;
        if ((value & (PhysicalMemory.PageSize - 1)) != 0 || !xen.Memory.Contains(mfn)) return false;
        if (xen.PageTables.GetPageAndType(mfn, PageType.Writable, vcpu.Domain.Id) != 0) return false;

        HypercallPage.Fill(xen.Memory.Frame(mfn), vcpu.Domain.Kind);
        xen.Memory.Written(mfn);
        xen.PageTables.PutPageAndType(mfn);
        return true;
    }
}
