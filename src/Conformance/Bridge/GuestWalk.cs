using Implementation.Hypervisor;
using Model;

namespace Conformance.Bridge;

/// <summary>Walks a guest's own tables, as a store to its memory does.</summary>
internal static class GuestWalk
{
    private const EntryFlags Needed = EntryFlags.Present | EntryFlags.Writable;

    /// <summary>Whether an address is one that walks begin at, and none of Xen's.</summary>
    public static bool IsGuests(Vcpu vcpu, ulong linear) =>
        (vcpu.Domain.Is32Bit ? linear <= uint.MaxValue : Abi.IsGuests(linear)) && !Mirror.IsXens(vcpu, linear);

    /// <summary>Whether the kernel's tables map the address writable.</summary>
    public static bool IsWritable(Vcpu vcpu, ulong linear)
    {
        if (!IsGuests(vcpu, linear)) return false;

        ulong table = vcpu.KernelRootMfn;
        int levels = Mirror.LevelsOf(vcpu.Domain);
        for (int level = levels; level >= 1; level--)
        {
            if (!vcpu.Domain.Xen.Memory.Contains(table)) return false;
            Entry entry = PageEntry.Read(vcpu.Domain.Xen.Memory.Entries(table)[PageEntry.Slot(linear, level)], level);
            // The entries of a 32-bit guest's root have no such bits.
            EntryFlags needed = level == 3 && levels == 3 ? EntryFlags.Present : Needed;
            if ((entry.Flags & needed) != needed) return false;
            if (level > 1 && entry.Has(EntryFlags.Superpage)) return true;
            table = entry.Target.Value;
        }

        return true;
    }
}
