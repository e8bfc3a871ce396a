using Model.Domains;
using static Model.Domains.Sort;

namespace Model.State;

/// <summary>The whole state of memory isolation. What a step does not name, it does not change.</summary>
public sealed class State<Bit, Word, Relation, Map>
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    /// <param name="relation">makes a relation, given its name and the sorts of its columns</param>
    /// <param name="map">makes a function, given its name, the sort of its argument and the sort of its value</param>
    public State(Func<string, Sort[], Relation> relation, Func<string, Sort, Sort, Map> map)
    {
        Home = map(nameof(Home), Vcpu, Domain);
        Owner = map(nameof(Owner), Frame, Domain);
        Type = map(nameof(Type), Frame, Sort.Type);
        TypeCount = map(nameof(TypeCount), Frame, Count);
        RefCount = map(nameof(RefCount), Frame, Count);

        XenSlot = relation(nameof(XenSlot), [Slot]);
        Allocated = relation(nameof(Allocated), [Frame]);
        Shared = relation(nameof(Shared), [Frame]);

        Partial = relation(nameof(Partial), [Frame]);
        Stale = relation(nameof(Stale), [Frame]);
        Valid = relation(nameof(Valid), [Frame]);
        Pinned = relation(nameof(Pinned), [Frame]);

        Entry = relation(nameof(Entry), [Frame, Slot, Frame]);
        Writable = relation(nameof(Writable), [Frame, Slot]);
        User = relation(nameof(User), [Frame, Slot]);
        Superpage = relation(nameof(Superpage), [Frame, Slot]);
        Cache = relation(nameof(Cache), [Frame, Slot]);
        Reserved = relation(nameof(Reserved), [Frame, Slot]);
        Global = relation(nameof(Global), [Frame, Slot]);
        NoExecute = relation(nameof(NoExecute), [Frame, Slot]);
        Accessed = relation(nameof(Accessed), [Frame, Slot]);
        Dirty = relation(nameof(Dirty), [Frame, Slot]);
        GuestKernel = relation(nameof(GuestKernel), [Frame, Slot]);
        Available = relation(nameof(Available), [Frame, Slot]);

        Audited = relation(nameof(Audited), [Frame, Slot]);
        Holder = relation(nameof(Holder), [Frame, Slot, Frame]);
        TypeHolder = relation(nameof(TypeHolder), [Frame, Slot, Frame]);
        Linear = relation(nameof(Linear), [Frame, Slot, Frame]);

        Taken = relation(nameof(Taken), [Vcpu, Frame]);
        TakenType = relation(nameof(TakenType), [Vcpu, Frame]);
        Leaving = relation(nameof(Leaving), [Vcpu, Frame]);
        LeavingType = relation(nameof(LeavingType), [Vcpu, Frame]);

        InKernel = relation(nameof(InKernel), [Vcpu]);
        KernelBase = relation(nameof(KernelBase), [Vcpu, Frame]);
        UserBase = relation(nameof(UserBase), [Vcpu, Frame]);
        Descriptors = relation(nameof(Descriptors), [Vcpu, Slot, Frame]);
        VcpuInfo = relation(nameof(VcpuInfo), [Vcpu, Frame]);

        CachedRead = relation(nameof(CachedRead), [Vcpu, Frame]);
        CachedWrite = relation(nameof(CachedWrite), [Vcpu, Frame]);
        Reached = relation(nameof(Reached), [Vcpu, Frame]);
    }

    /// <summary>The domain a vCPU belongs to; never changes.</summary>
    public Map Home { get; }

    /// <summary>The domain that owns a frame, or nobody, or Xen.</summary>
    public Map Owner { get; }

    /// <summary>What a frame is, or was last, in use as.</summary>
    public Map Type { get; }

    /// <summary>How many hold a frame in its type; Xen's integer beside the holders themselves.</summary>
    public Map TypeCount { get; }

    /// <summary>How many hold a frame at all, its allocation included; Xen's integer beside the holders themselves.</summary>
    public Map RefCount { get; }

    /// <summary>A slot of every top-level table that is Xen's; never changes.</summary>
    public Relation XenSlot { get; }

    /// <summary>A frame's owner has not given it back.</summary>
    public Relation Allocated { get; }

    /// <summary>A page of Xen's heap that Xen shares with the owner and writes itself.</summary>
    public Relation Shared { get; }

    /// <summary>A frame whose type is being established or taken down, entry by entry.</summary>
    public Relation Partial { get; }

    /// <summary>A frame that changed its type and may still be cached under the former.</summary>
    public Relation Stale { get; }

    /// <summary>A frame established in its type.</summary>
    public Relation Valid { get; }

    /// <summary>A frame that its domain pinned as a page table.</summary>
    public Relation Pinned { get; }

    /// <summary>A slot of a frame, read as an entry, is present and names a frame. At most one.</summary>
    public Relation Entry { get; }

    public Relation Writable { get; }

    public Relation User { get; }

    public Relation Superpage { get; }

    public Relation Cache { get; }

    public Relation Reserved { get; }

    public Relation Global { get; }

    public Relation NoExecute { get; }

    public Relation Accessed { get; }

    public Relation Dirty { get; }

    public Relation GuestKernel { get; }

    public Relation Available { get; }

    /// <summary>An entry was checked, and holds what it needs.</summary>
    public Relation Audited { get; }

    /// <summary>An entry holds a reference to a frame.</summary>
    public Relation Holder { get; }

    /// <summary>An entry holds a frame in its type.</summary>
    public Relation TypeHolder { get; }

    /// <summary>An entry holds another table of its own level.</summary>
    public Relation Linear { get; }

    /// <summary>A reference that Xen took on behalf of a vCPU and has not placed yet.</summary>
    public Relation Taken { get; }

    /// <inheritdoc cref="Taken"/>
    public Relation TakenType { get; }

    /// <summary>A reference that was taken out of its place and is yet to be dropped (Xen's <c>old_guest_table</c>).</summary>
    public Relation Leaving { get; }

    /// <inheritdoc cref="Leaving"/>
    public Relation LeavingType { get; }

    /// <summary>The vCPU runs its domain's kernel.</summary>
    public Relation InKernel { get; }

    /// <summary>The root of the page tables that a vCPU uses in its kernel. At most one.</summary>
    public Relation KernelBase { get; }

    /// <summary>The root of the page tables that a vCPU uses in user mode. At most one.</summary>
    public Relation UserBase { get; }

    /// <summary>A page of a vCPU's descriptor table, by its position.</summary>
    public Relation Descriptors { get; }

    /// <summary>The frame that Xen keeps a vCPU's <c>vcpu_info</c> in.</summary>
    public Relation VcpuInfo { get; }

    /// <summary>A vCPU's TLB may hold a translation to a frame.</summary>
    public Relation CachedRead { get; }

    /// <summary>A vCPU's TLB may hold a writable translation to a frame.</summary>
    public Relation CachedWrite { get; }

    /// <summary>A vCPU's TLB may hold translations that were reached from a root.</summary>
    public Relation Reached { get; }
}
