namespace Implementation.Hypervisor;

/// <summary>The allocator of machine frames; hands them out in an order that the seed decides.</summary>
/// <remarks>
/// Neighbours in that order are not neighbours in the machine, so a guest that takes its frames for contiguous fails here
/// as it would on real Xen. Every free frame is zero: frames are scrubbed when they come back (XSA-100).
/// </remarks>
public sealed partial class MachineMemory
{
    private readonly Xen _xen;
    private readonly List<uint> _free;
    private ulong _random;
    private ulong _last;

    public MachineMemory(Xen xen)
    {
        _xen = xen;
        _random = xen.Options.Seed;
        _free = new((int)xen.Memory.Frames);
        for (ulong mfn = 1; mfn < xen.Memory.Frames; mfn++)
        {
            _free.Add((uint)mfn);
            MixLast();
        }

        // "No root" is written as frame 0, so nobody gets it.
        TakeForXen(0);
    }

    /// <summary>Frames that nobody owns.</summary>
    public ulong FreeFrames => (ulong)_free.Count;

    /// <summary>A zeroed frame of Xen's own (owner DOMID_XEN).</summary>
    /// <exception cref="InvalidOperationException">the machine has none left</exception>
    public ulong AllocateXenFrame()
    {
        ulong mfn = Take();
        TakeForXen(mfn);
        return mfn;
    }

    /// <summary>A zeroed frame for <paramref name="domain"/>, or false when memory or the domain's allowance is used up.</summary>
    public bool TryAllocate(Domain domain, out ulong mfn)
    {
        mfn = 0;
        if (_free.Count == 0 || domain.TotalPages >= domain.MaxPages) return false;

        mfn = Take();
        ref FrameInfo frame = ref _xen.Frames.Change(mfn);
        frame = new() { Owner = domain.Id, IsAllocated = true, RefCount = 1 };
        domain.TotalPages++;
        return true;
    }

    /// <summary>A zeroed Xen-heap frame shared read-write with <paramref name="domain"/> (shared_info, grant frames).</summary>
    /// <remarks>share_xen_page_with_guest(), xen/arch/x86/mm.c: a standing type reference keeps it out of any other use.</remarks>
    /// <exception cref="InvalidOperationException">the machine has none left</exception>
    public ulong AllocateShared(Domain domain)
    {
        ulong mfn = Take();
        _xen.Frames.Change(mfn) = new()
        {
            Owner = domain.Id,
            IsXenHeap = true,
            IsAllocated = true,
            Type = PageType.Writable,
            IsValidated = true,
            TypeCount = 1,
            RefCount = 1,
        };
        return mfn;
    }

    /// <summary>Takes back a frame whose last reference is gone: no translation first, then no contents, then no owner.</summary>
    internal void Free(ulong mfn)
    {
        ushort owner = _xen.Frames[mfn].Owner;
        if (_xen.FindDomain(owner) is { } domain)
        {
            PageTables.FlushTlb(domain);
            domain.TotalPages--;
        }

        _xen.Memory.Frame(mfn).Clear();
        _xen.Memory.Written(mfn);
        _xen.MachineToPhys[mfn] = MachineToPhys.Invalid;
        _xen.Frames.Change(mfn) = new() { Owner = FrameTable.NoOwner };
        _free.Add((uint)mfn);
        MixLast();
    }

    private void TakeForXen(ulong mfn) =>
        _xen.Frames.Change(mfn) = new() { Owner = FrameTable.DomidXen, IsAllocated = true, RefCount = 1 };

    private ulong Take()
    {
        if (_free.Count == 0) throw new InvalidOperationException("The machine has no free frame left.");

        int at = _free.Count - 1;
        if (at > 0 && (_free[at] == _last + 1 || _free[at] + 1 == _last)) at--;

        _last = _free[at];
        _free.RemoveAt(at);
        return _last;
    }

    /// <summary>Exchanges the last free frame with any: one step of the inside-out Fisher-Yates shuffle.</summary>
    private void MixLast()
    {
        int last = _free.Count - 1;
        int other = (int)(Next() % (ulong)_free.Count);
        (_free[last], _free[other]) = (_free[other], _free[last]);
    }

    /// <summary>SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).</summary>
    private ulong Next()
    {
        unchecked
        {
            ulong z = _random += 0x9e3779b97f4a7c15;
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
            z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
            return z ^ (z >> 31);
        }
    }
}
