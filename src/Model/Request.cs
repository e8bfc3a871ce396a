namespace Model;

/// <summary>What a guest asks of the hypervisor, decoded from its registers and memory; every value is untrusted.</summary>
public abstract record Request(VcpuId Caller)
{
    /// <summary>The request as reports show it.</summary>
    public abstract string Describe();
}

/// <summary>How an element of mmu_update is meant (low bits of its pointer, xen/include/public/xen.h).</summary>
public enum UpdateKind
{
    Normal = 0,
    MachPhys = 1,
    PreserveAd = 2,
    NoTranslate = 3,
    Unknown = 4,
}

/// <summary>One element of mmu_update.</summary>
/// <param name="Kind">MMU_NORMAL_PT_UPDATE and so on</param>
/// <param name="Frame">the frame that holds the entry, or whose machine-to-physical entry changes</param>
/// <param name="Slot">the entry, 0 to 511</param>
/// <param name="New">the entry to be written</param>
public readonly record struct Update(UpdateKind Kind, Mfn Frame, int Slot, Entry New)
{
    public override string ToString() => Kind == UpdateKind.MachPhys ? $"m2p {Frame}" : $"{Frame}[{Slot}] := {New}";
}

/// <summary>mmu_update (1).</summary>
/// <param name="Foreign">the argument <c>foreigndom</c> as given: target domain below, page-table domain plus one above bit 16</param>
public sealed record MmuUpdate(VcpuId Caller, IReadOnlyList<Update> Updates, uint Foreign = 0x7ff0) : Request(Caller)
{
    public override string Describe() => $"mmu_update   {string.Join(", ", Updates)}";
}

/// <summary>The commands of mmuext_op that this part knows (xen/include/public/xen.h).</summary>
public enum ExtCommand
{
    PinL1 = 0,
    PinL2 = 1,
    PinL3 = 2,
    PinL4 = 3,
    Unpin = 4,
    NewBase = 5,
    TlbFlushLocal = 6,
    InvlpgLocal = 7,
    TlbFlushMulti = 8,
    InvlpgMulti = 9,
    TlbFlushAll = 10,
    InvlpgAll = 11,
    FlushCache = 12,
    SetLdt = 13,
    NewUserBase = 15,
    ClearPage = 16,
    CopyPage = 17,
    FlushCacheGlobal = 18,
    MarkSuper = 19,
    UnmarkSuper = 20,
}

/// <summary>One element of mmuext_op.</summary>
/// <param name="Command">the command; a number without a name is one that Xen does not know either</param>
/// <param name="Frame">the machine frame, where the command names one; for CopyPage the destination</param>
/// <param name="Source">the source of CopyPage</param>
/// <param name="Vcpus">the vCPUs of a flush "multi", decoded from the guest's bitmap; null if it could not be read</param>
/// <param name="Entries">of SetLdt: the number of descriptors</param>
/// <param name="Address">of SetLdt: the linear address of the first</param>
/// <param name="IsSame">of SetLdt: the caller's LDT is this one already</param>
public readonly record struct ExtOp(
    ExtCommand Command, Mfn Frame = default, Mfn Source = default, IReadOnlyList<VcpuId>? Vcpus = null, uint Entries = 0, ulong Address = 0,
    bool IsSame = false)
{
    public override string ToString() => $"{Command} {Frame}";
}

/// <summary>mmuext_op (26).</summary>
/// <param name="Foreign">the argument <c>foreigndom</c> as given</param>
public sealed record MmuExtOp(VcpuId Caller, IReadOnlyList<ExtOp> Ops, uint Foreign = 0x7ff0) : Request(Caller)
{
    public override string Describe() => $"mmuext_op    {string.Join(", ", Ops)}";
}

/// <summary>What update_va_mapping flushes after it succeeded.</summary>
public enum FlushKind
{
    None = 0,
    Tlb = 1,
    Page = 2,
}

/// <summary>update_va_mapping (14).</summary>
/// <param name="Table">the leaf table that the caller's current tables hold for the address; null if they hold none</param>
/// <param name="Slot">the address's slot in it</param>
/// <param name="Vcpus">the vCPUs to flush; empty for the caller alone</param>
/// <param name="VcpusReadable">the guest's bitmap of vCPUs, if it gave one, could be read</param>
public sealed record UpdateVaMapping(
    VcpuId Caller, Mfn? Table, int Slot, Entry New, FlushKind Flush, IReadOnlyList<VcpuId> Vcpus, bool VcpusReadable = true)
    : Request(Caller)
{
    public override string Describe() => $"update_va_mapping   {(Table is { } t ? $"{t}[{Slot}]" : "no table")} := {New}";
}

/// <summary>A frame that the caller wants in its descriptor table, and whether every descriptor in it is lawful.</summary>
public readonly record struct DescriptorFrame(Mfn Frame, bool IsLawful);

/// <summary>set_gdt (2).</summary>
/// <param name="Entries">the number of descriptors asked for</param>
public sealed record SetGdt(VcpuId Caller, IReadOnlyList<DescriptorFrame> Frames, uint Entries) : Request(Caller)
{
    public override string Describe() => $"set_gdt      {string.Join(", ", Frames.Select(f => f.Frame))} ({Entries} entries)";
}

/// <summary>update_descriptor (10).</summary>
/// <param name="IsAligned">the machine address is a multiple of eight</param>
/// <param name="IsLawful">the new descriptor is one that a guest may have</param>
/// <param name="New">the eight bytes read as an entry: what the slot says if the frame is ordinary memory</param>
public sealed record UpdateDescriptor(VcpuId Caller, Mfn Frame, int Slot, bool IsAligned, bool IsLawful, Entry New) : Request(Caller)
{
    public override string Describe() => $"update_descriptor   {Frame}[{Slot}]";
}

/// <summary>memory_op, XENMEM_decrease_reservation (1).</summary>
/// <param name="Frames">the extents, in order, each of one frame</param>
public sealed record DecreaseReservation(VcpuId Caller, IReadOnlyList<Mfn> Frames) : Request(Caller)
{
    public override string Describe() => $"decrease_reservation   {string.Join(", ", Frames)}";
}

/// <summary>memory_op, XENMEM_increase_reservation (0).</summary>
/// <param name="Allocated">the frames that Xen chose; how many there are is Xen's answer</param>
public sealed record IncreaseReservation(VcpuId Caller, IReadOnlyList<Mfn> Allocated) : Request(Caller)
{
    public override string Describe() => $"increase_reservation   {string.Join(", ", Allocated)}";
}

/// <summary>memory_op, XENMEM_populate_physmap (6).</summary>
/// <param name="Allocated">the frames that Xen chose; how many there are is Xen's answer</param>
public sealed record PopulatePhysmap(VcpuId Caller, IReadOnlyList<Mfn> Allocated) : Request(Caller)
{
    public override string Describe() => $"populate_physmap   {string.Join(", ", Allocated)}";
}

/// <summary>A store to a read-only mapped leaf table, emulated by Xen (writable page tables).</summary>
/// <param name="Table">the frame stored to</param>
public sealed record EmulatedEntryUpdate(VcpuId Caller, Mfn Table, int Slot, Entry New) : Request(Caller)
{
    public override string Describe() => $"emulated write   {Table}[{Slot}] := {New}";
}

/// <summary>vcpu_op, VCPUOP_register_vcpu_info (10): keep the vCPU's <c>vcpu_info</c> in a frame of the guest's.</summary>
/// <param name="For">the vCPU of the caller's domain whose it is to be; null: the caller's own</param>
public sealed record RegisterVcpuInfo(VcpuId Caller, Mfn Frame, VcpuId? For = null) : Request(Caller)
{
    public VcpuId Target => For ?? Caller;

    public override string Describe() => $"register_vcpu_info   {Frame}";
}

/// <summary>vcpu_op, VCPUOP_initialise (0): the state in which a vCPU that never ran is to start.</summary>
/// <param name="Target">the vCPU, of the caller's domain</param>
/// <param name="IsSound">addresses, the LDT and the mode are such as Xen looks at any further</param>
/// <param name="HasLdt">descriptors of its own are asked for</param>
/// <param name="Frames">of its descriptor table</param>
/// <param name="Entries">the number of descriptors asked for</param>
/// <param name="Kernel">the root for its kernel</param>
/// <param name="User">the root for user mode; frame 0 for none</param>
/// <param name="InKernel">it starts in its kernel</param>
public sealed record InitialiseVcpu(
    VcpuId Caller, VcpuId Target, bool IsSound, bool HasLdt, IReadOnlyList<DescriptorFrame> Frames, uint Entries, Mfn Kernel, Mfn User, bool InKernel)
    : Request(Caller)
{
    public override string Describe() => $"initialise   {Target} on {Kernel}{(User.Value == 0 ? "" : $", user {User}")}";
}

/// <summary>A page of the vCPU's LDT is used, in whatever mode, and Xen does not hold it.</summary>
/// <param name="Number">of the page, 0 to 15</param>
/// <param name="Page">the frame that the kernel's tables map there</param>
public sealed record MapLdtPage(VcpuId Caller, int Number, DescriptorFrame Page) : Request(Caller)
{
    public override string Describe() => $"use of LDT page {Number}   {Page.Frame}";
}

/// <summary>The vCPU changes between its kernel and user mode: a system call, an exception, an iret.</summary>
public sealed record SwitchMode(VcpuId Caller, bool ToKernel) : Request(Caller)
{
    public override string Describe() => ToKernel ? "enter kernel" : "enter user";
}

/// <summary>A hypercall that leaves memory isolation as it is; its answer is none of this model's business.</summary>
public sealed record NonMemory(VcpuId Caller, string Name) : Request(Caller)
{
    public override string Describe() => Name;
}
