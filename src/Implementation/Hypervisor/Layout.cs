namespace Implementation.Hypervisor;

/// <summary>
/// Fixed facts of the address space and of Xen's part of every GDT (xen/include/public/arch-x86/xen-x86_64.h, xen-x86_32.h).
/// </summary>
public static class Layout
{
    public const ulong XenStart = 0xffff_8000_0000_0000, XenEnd = 0xffff_8800_0000_0000;

    /// <summary>Where Xen maps the LDT of the vCPU that runs (LDT_VIRT_START() of vCPU 0, xen/arch/x86/include/asm/config.h).</summary>
    public const ulong LocalTable = 0xffff_8200_0001_0000, LocalTableEnd = LocalTable + 0x1_0000;

    /// <summary>The descriptor in Xen's part of the GDT that stands for the LDT (LDT_SELECTOR, xen/arch/x86/include/asm/desc.h).</summary>
    public const ushort LocalTableSelector = 0xe050;

    public const ushort UserCode32 = 0xe023, FlatData = 0xe02b, FlatCode64 = 0xe033;

    /// <summary>The flat segments of a 32-bit domain: ring 1 for its kernel, ring 3 for its applications.</summary>
    public const ushort FlatCode32 = 0xe019, FlatData32 = 0xe021, FlatUserCode32 = 0xe02b, FlatUserData32 = 0xe033;

    public static bool IsCanonical(ulong linear) => (ulong)((long)(linear << 16) >> 16) == linear;

    public static bool IsXens(ulong linear) => linear is >= XenStart and < XenEnd;

    /// <summary>Whether a guest may name this address in a call: canonical and not Xen's.</summary>
    public static bool IsGuests(ulong linear) => IsCanonical(linear) && !IsXens(linear);
}
