namespace Implementation.Hypervisor;

/// <summary>How a 32-bit guest writes the frame number of a root into CR3: its upper bits go below the lower ones.</summary>
/// <remarks>xen_pfn_to_cr3(), xen_cr3_to_pfn(), xen/include/public/arch-x86/xen-x86_32.h.</remarks>
internal static class FoldedCr3
{
    public static uint Make(ulong mfn) => (uint)mfn << 12 | (uint)mfn >> 20;

    public static ulong Mfn(uint cr3) => cr3 >> 12 | cr3 << 20;
}
