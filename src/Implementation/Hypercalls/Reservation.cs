using Implementation.Hypervisor;

namespace Implementation.Hypercalls;

/// <summary>memory_op increase_reservation, decrease_reservation and populate_physmap: frames come and go.</summary>
/// <remarks>All three answer the number of extents done and no errno (xen/common/memory.c).</remarks>
internal static class Reservation
{
    /// <summary>The largest extent a guest without devices may name (CONFIG_DOMU_MAX_ORDER).</summary>
    private const uint MaxOrder = 9;

    private const ulong MaxExtents = uint.MaxValue >> 6;

    /// <summary>Extents handled before the guest is gone back to, which then issues the rest.</summary>
    private const ulong AtOnce = 1 << 12;

    /// <summary>XENMEMF_populate_on_demand (xen/include/public/memory.h).</summary>
    private const uint OnDemand = 1 << 16;

    /// <summary>struct xen_memory_reservation; untrusted.</summary>
    private readonly record struct Request(ulong Extents, ulong Count, uint Order, uint Flags, ushort Domid, GuestAbi Abi)
    {
        public static bool TryRead(Vcpu v, ulong at, out Request request)
        {
            GuestAbi abi = v.Domain.Abi;
            Span<byte> bytes = stackalloc byte[abi.Choose(narrow: 20, wide: 32)];
            request = default;
            if (!v.TryRead(at, bytes)) return false;

            MemberReader members = new(bytes, abi);
            request = new(members.Word(), members.Word(), members.Int(), members.Int(), members.Half(), abi);
            return true;
        }

        /// <summary>XENMEMF_get_address_bits(): 0, or the width that frames must fit into.</summary>
        public uint AddressBits => Flags & 0xff;

        public ulong AddressOf(ulong extent) => Extents + (extent * (ulong)Abi.WordBytes);
    }

    /// <summary>increase_reservation(): new frames, without a place in the guest's memory.</summary>
    public static long Increase(Xen xen, Vcpu v, in HypercallRegisters r) => ForEach(v, r, (request, extent) =>
        TryAllocate(xen, v.Domain, request, out ulong mfn)
        && (request.Extents == 0 || v.TryWriteWord(request.AddressOf(extent), mfn)));

    /// <summary>populate_physmap(): new frames at the pfns given, which the machine frame numbers replace.</summary>
    public static long Populate(Xen xen, Vcpu v, in HypercallRegisters r) => ForEach(v, r, (request, extent) =>
    {
        if (!v.TryReadWord(request.AddressOf(extent), out ulong pfn)) return false;
        if ((request.Flags & OnDemand) != 0) return false; // Nobody populates itself on demand.
        if (!TryAllocate(xen, v.Domain, request, out ulong mfn)) return false;

        xen.MachineToPhys[mfn] = pfn;
        return v.TryWriteWord(request.AddressOf(extent), mfn);
    });

    /// <summary>decrease_reservation(): gives frames back. One that is pinned or mapped stays until it is not (XSA-252).</summary>
    public static long Decrease(Xen xen, Vcpu v, in HypercallRegisters r) => ForEach(v, r, (request, extent) =>
    {
        if (!v.TryReadWord(request.AddressOf(extent), out ulong first)) return false;

        for (ulong i = 0; i < 1UL << (int)request.Order; i++)
        {
            // guest_remove_page()
            if (!xen.PageTables.TryGetPage(unchecked(first + i), v.Domain.Id)) return false;

            if (!xen.Frames[first + i].IsXenHeap) xen.PageTables.PutAllocation(first + i);
            xen.PageTables.PutPage(first + i);
        }

        return true;
    });

    /// <param name="v">the caller</param>
    /// <param name="r">A1 the operation and, from bit 6, the extents done before; A2 address of the argument; untrusted</param>
    /// <param name="perform">handles one extent, or says that it cannot</param>
    private static long ForEach(Vcpu v, in HypercallRegisters r, Func<Request, ulong, bool> perform)
    {
        ulong start = r.A1 >> MemoryOp.ExtentShift;
        if (!Request.TryRead(v, r.A2, out Request request)) return (long)start;
        if (request.Count > MaxExtents || start >= request.Count || request.Order > MaxOrder) return (long)start;
        if (request.Domid != Domain.DomidSelf && request.Domid != v.Domain.Id) return (long)start;
        if (request.AddressBits is not 0 and <= 12 || !MmuBatch.IsGuestAddress(request.Extents)) return (long)start;

        ulong extent = start, stop = Math.Min(request.Count, start + AtOnce);
        while (extent < stop && perform(request, extent)) extent++;

        if (extent == stop && stop < request.Count)
            v.Continuation = r with { A1 = extent << MemoryOp.ExtentShift | (r.A1 & MemoryOp.OperationMask) };
        return (long)extent;
    }

    /// <summary>One frame. The machine never has neighbouring ones to give, so larger extents are always used up.</summary>
    private static bool TryAllocate(Xen xen, Domain domain, Request request, out ulong mfn)
    {
        mfn = 0;
        return request.Order == 0 && xen.Heap.TryAllocate(domain, out mfn);
    }
}
