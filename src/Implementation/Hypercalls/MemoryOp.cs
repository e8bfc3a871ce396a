using System.Runtime.InteropServices;
using Implementation.Hypervisor;

namespace Implementation.Hypercalls;

/// <summary>memory_op (12): a domain's allowance of memory, and what it may know of the machine's.</summary>
internal static class MemoryOp
{
    // XENMEM_, xen/include/public/memory.h.
    private const ulong IncreaseReservation = 0, DecreaseReservation = 1, MaximumRamPage = 2, CurrentReservation = 3,
        MaximumReservation = 4, PopulatePhysmap = 6, MemoryMap = 9, MachphysMapping = 12;

    /// <summary>Bits 5:0 are the operation; above them a continuation keeps the extents done (MEMOP_EXTENT_SHIFT).</summary>
    public const int ExtentShift = 6;

    public const ulong OperationMask = (1UL << ExtentShift) - 1;

    private const uint E820Ram = 1;

    /// <summary>struct e820entry, packed.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private readonly record struct MapEntry(ulong Address, ulong Size, uint Type);

    /// <summary>do_memory_op(), xen/common/memory.c, and arch_memory_op(), xen/arch/x86/mm.c.</summary>
    /// <param name="xen">the hypervisor</param>
    /// <param name="v">the vCPU that trapped</param>
    /// <param name="r">A1 operation, A2 address of its argument; untrusted</param>
    /// <returns>
    /// The operation's answer: extents done, pages, 0; -EFAULT: argument unreadable; -ESRCH: no such domain; -EPERM: another
    /// domain's; -EINVAL: extents given where there are none; -ENOSYS: no such operation.
    /// </returns>
    public static long Handle(Xen xen, Vcpu v, in HypercallRegisters r)
    {
        ulong start = r.A1 >> ExtentShift;
        return (r.A1 & OperationMask) switch
        {
            IncreaseReservation => Reservation.Increase(xen, v, r),
            DecreaseReservation => Reservation.Decrease(xen, v, r),
            PopulatePhysmap => Reservation.Populate(xen, v, r),
            MaximumRamPage => start == 0 ? (long)xen.Memory.Frames : -Errno.EINVAL,
            CurrentReservation => start == 0 ? Count(xen, v, r.A2, d => d.TotalPages) : -Errno.EINVAL,
            MaximumReservation => start == 0 ? Count(xen, v, r.A2, d => d.MaxPages) : -Errno.EINVAL,
            MemoryMap when start == 0 => WriteMap(v, r.A2),
            MachphysMapping when start == 0 => WriteMachphysRange(v, r.A2),
            _ => -Errno.ENOSYS,
        };
    }

    private static long Count(Xen xen, Vcpu v, ulong argument, Func<Domain, ulong> pages)
    {
        if (!v.TryRead(argument, out ushort domid)) return -Errno.EFAULT;
        if (domid == Domain.DomidSelf || domid == v.Domain.Id) return (long)pages(v.Domain);

        return MmuBatch.Exists(xen, domid) ? -Errno.EPERM : -Errno.ESRCH;
    }

    /// <summary>The pseudo-physical memory map that the toolstack gave the domain: one range of RAM.</summary>
    private static long WriteMap(Vcpu v, ulong argument)
    {
        GuestAbi abi = v.Domain.Abi;
        Span<byte> request = stackalloc byte[abi.Choose(narrow: 8, wide: 16)];
        if (!v.TryRead(argument, request)) return -Errno.EFAULT;

        MemberReader members = new(request, abi); // struct xen_memory_map
        (uint room, ulong buffer) = (members.Int(), members.Word());
        MapEntry whole = new(0, v.Domain.MaxPages << 12, E820Ram);
        uint entries = Math.Min(room, 1);
        if (entries > 0 && !v.TryWrite(buffer, whole)) return -Errno.EFAULT;

        return v.TryWrite(argument, entries) ? 0 : -Errno.EFAULT;
    }

    private static long WriteMachphysRange(Vcpu v, ulong argument)
    {
        GuestAbi abi = v.Domain.Abi;
        (ulong start, ulong end) = v.Domain.Is32Bit
            ? (MachineToPhys32.VirtStart, MachineToPhys32.VirtEnd)
            : (MachineToPhys.VirtStart, MachineToPhys.VirtEnd);

        Span<byte> range = stackalloc byte[3 * abi.WordBytes];
        MemberWriter members = new(range, abi); // struct xen_machphys_mapping
        members.Word(start);
        members.Word(end);
        members.Word(((end - start) / (ulong)abi.WordBytes) - 1);
        return v.TryWrite(argument, range) ? 0 : -Errno.EFAULT;
    }
}
