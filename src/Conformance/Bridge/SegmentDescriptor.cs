namespace Conformance.Bridge;

/// <summary>Which segment descriptors a 64-bit guest may have (xen/arch/x86/pv/descriptor-tables.c; SDM Vol. 3A, 3.4.5).</summary>
internal static class SegmentDescriptor
{
    private const ulong Present = 1UL << 47, CodeOrData = 1UL << 44;

    private const uint CallGate = 0xc;

    /// <summary>The one selector of Xen's that a guest's call gate may lead to (FLAT_KERNEL_CS).</summary>
    private const uint FlatKernelCode = 0xe033;

    /// <summary>Whether Xen admits the descriptor; it corrects the privilege level of what it admits.</summary>
    public static bool IsLawful(ulong descriptor)
    {
        if ((descriptor & Present) == 0 || (descriptor & CodeOrData) != 0) return true;
        uint type = (uint)(descriptor >> 40) & 0xf;
        if (type == 0) return true; // The second half of a call gate.
        bool hasReservedBits = (descriptor >> 32 & 0xff) != 0;
        return type == CallGate && !hasReservedBits && IsGuestsSelector((uint)(descriptor >> 16) & 0xffff);
    }

    private static bool IsGuestsSelector(uint selector) =>
        selector >> 3 < Abi.FirstReservedDescriptor || selector == FlatKernelCode || (selector & 4) != 0;
}
