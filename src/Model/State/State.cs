using Model.Domains;
using static Model.Domains.Sort;

namespace Model.State;

/// <summary>The whole state of memory isolation. What a step does not name, it does not change.</summary>
public sealed class State<Bit, Word, Relation, Map> : NamedParts<Bit, Word, Relation, Map>
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    /// <param name="relation">makes a relation, given its name and the sorts of its columns</param>
    /// <param name="map">makes a function, given its name, the sort of its argument and the sort of its value</param>
    public State(Func<string, Sort[], Relation> relation, Func<string, Sort, Sort, Map> map)
        : base(relation, map)
    {
        Home = Mapped(nameof(Home), Vcpu, Domain);
        Owner = Mapped(nameof(Owner), Frame, Domain);
        Type = Mapped(nameof(Type), Frame, Sort.Type);
        TypeCount = Mapped(nameof(TypeCount), Frame, Count);
        RefCount = Mapped(nameof(RefCount), Frame, Count);

        Compat = Related(nameof(Compat), Domain);
        XenSlot = Related(nameof(XenSlot), Slot);
        XenL2Slot = Related(nameof(XenL2Slot), Slot);
        FixedSlot = Related(nameof(FixedSlot), Slot);
        SpareSlot = Related(nameof(SpareSlot), Slot);
        Allocated = Related(nameof(Allocated), Frame);
        Shared = Related(nameof(Shared), Frame);
        Written = Related(nameof(Written), Frame);

        Partial = Related(nameof(Partial), Frame);
        Paused = Related(nameof(Paused), Frame);
        Stale = Related(nameof(Stale), Frame);
        Valid = Related(nameof(Valid), Frame);
        Pinned = Related(nameof(Pinned), Frame);

        Entry = Related(nameof(Entry), Frame, Slot, Frame);
        Writable = Related(nameof(Writable), Frame, Slot);
        User = Related(nameof(User), Frame, Slot);
        Superpage = Related(nameof(Superpage), Frame, Slot);
        Cache = Related(nameof(Cache), Frame, Slot);
        Reserved = Related(nameof(Reserved), Frame, Slot);
        Global = Related(nameof(Global), Frame, Slot);
        NoExecute = Related(nameof(NoExecute), Frame, Slot);
        Accessed = Related(nameof(Accessed), Frame, Slot);
        Dirty = Related(nameof(Dirty), Frame, Slot);
        GuestKernel = Related(nameof(GuestKernel), Frame, Slot);
        Available = Related(nameof(Available), Frame, Slot);

        Audited = Related(nameof(Audited), Frame, Slot);
        Holder = Related(nameof(Holder), Frame, Slot, Frame);
        TypeHolder = Related(nameof(TypeHolder), Frame, Slot, Frame);
        Linear = Related(nameof(Linear), Frame, Slot, Frame);

        Taken = Related(nameof(Taken), Vcpu, Frame);
        TakenType = Related(nameof(TakenType), Vcpu, Frame);
        Leaving = Related(nameof(Leaving), Vcpu, Frame);
        LeavingType = Related(nameof(LeavingType), Vcpu, Frame);

        InKernel = Related(nameof(InKernel), Vcpu);
        KernelBase = Related(nameof(KernelBase), Vcpu, Frame);
        UserBase = Related(nameof(UserBase), Vcpu, Frame);
        Descriptors = Related(nameof(Descriptors), Vcpu, Slot, Frame);
        VcpuInfo = Related(nameof(VcpuInfo), Vcpu, Frame);

        CachedRead = Related(nameof(CachedRead), Vcpu, Frame);
        CachedWrite = Related(nameof(CachedWrite), Vcpu, Frame);
        Reached = Related(nameof(Reached), Vcpu, Frame);
    }

    /// <summary>The domain a vCPU belongs to; never changes.</summary>
    public Map Home { get; }

    /// <summary>The domain that owns a frame, or nobody, or Xen.</summary>
    [Clause("FR-1")]
    public Map Owner { get; }

    /// <summary>What a frame is, or was last, in use as.</summary>
    public Map Type { get; }

    /// <summary>How many hold a frame in its type; Xen's integer beside the holders themselves.</summary>
    public Map TypeCount { get; }

    /// <summary>How many hold a frame at all, its allocation included; Xen's integer beside the holders themselves.</summary>
    public Map RefCount { get; }

    /// <summary>The domain is a 32-bit guest: its kernel runs at CPL 1, and an L3 is its root; never changes.</summary>
    [Clause("PT-25")]
    public Relation Compat { get; }

    /// <summary>A slot of every L4 that is Xen's; never changes.</summary>
    public Relation XenSlot { get; }

    /// <summary>A slot of every <see cref="PageType.XenL2"/> that is Xen's; never changes.</summary>
    public Relation XenL2Slot { get; }

    /// <summary>The slot of a 32-bit root that must name a <see cref="PageType.XenL2"/>; never changes.</summary>
    public Relation FixedSlot { get; }

    /// <summary>A slot of a 32-bit root that no 32-bit address selects; never changes.</summary>
    public Relation SpareSlot { get; }

    /// <summary>A frame's owner has not given it back.</summary>
    public Relation Allocated { get; }

    /// <summary>A page of Xen's heap that Xen shares with the owner and writes itself.</summary>
    public Relation Shared { get; }

    /// <summary>Something was written into a frame since it came to its owner; no step asks, an invariant does.</summary>
    public Relation Written { get; }

    /// <summary>A frame whose type is being established or taken down, entry by entry.</summary>
    public Relation Partial { get; }

    /// <summary>A partial frame that an interrupted request left as it was, in nobody's hands (Xen's PGT_partial); it holds itself.</summary>
    public Relation Paused { get; }

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

    /// <summary>An equal state that changes on its own.</summary>
    public State<Bit, Word, Relation, Map> Copy() => new(CopyOfRelation, CopyOfMap);
}
