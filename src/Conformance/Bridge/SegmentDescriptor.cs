namespace Conformance.Bridge;

/// <summary>Which segment descriptors a guest may have (xen/arch/x86/pv/descriptor-tables.c; SDM Vol. 3A, 3.4.5).</summary>
internal static class SegmentDescriptor
{
    private const ulong Present = 1UL << 47, CodeOrData = 1UL << 44, Long = 1UL << 53;

    private const uint CallGate = 0xc;

    /// <summary>The one selector of Xen's that a guest's call gate may lead to (FLAT_KERNEL_CS, FLAT_COMPAT_KERNEL_CS).</summary>
    private const uint FlatKernelCode = 0xe033, FlatKernelCode32 = 0xe019;

    /// <summary>Whether Xen admits the descriptor; it corrects the privilege level of what it admits.</summary>
    /// <param name="is32Bit">the guest is one of 32 bits, which has no 64-bit code, and whose call gates count their arguments</param>
    public static bool IsLawful(ulong descriptor, bool is32Bit)
    {
        if ((descriptor & Present) == 0) return true;
        if ((descriptor & CodeOrData) != 0) return !is32Bit || (descriptor & Long) == 0;
        uint type = (uint)(descriptor >> 40) & 0xf;
        if (type == 0) return true; // The second half of a call gate.
        bool hasReservedBits = (descriptor >> 32 & (is32Bit ? 0xe0u : 0xffu)) != 0;
        return type == CallGate && !hasReservedBits && IsGuestsSelector((uint)(descriptor >> 16) & 0xffff, is32Bit ? FlatKernelCode32 : FlatKernelCode);
    }

    private static bool IsGuestsSelector(uint selector, uint flat) =>
        selector >> 3 < Abi.FirstReservedDescriptor || selector == flat || (selector & 4) != 0;
}
