namespace Implementation.Hypervisor;

/// <summary>Selectors that a guest gives Xen to enter it by.</summary>
internal static class GuestSelector
{
    /// <summary>The selector with the privilege of the guest's kernel at the most (fixup_guest_selector(), xen/arch/x86/include/asm/desc.h).</summary>
    /// <param name="selector">untrusted</param>
    public static ushort Lower(Domain domain, ushort selector)
    {
        int kernel = domain.Is32Bit ? 1 : 3;
        return (selector & 3) >= kernel ? selector : (ushort)((selector & ~3) | kernel);
    }
}
