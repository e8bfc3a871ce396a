namespace Model;

/// <summary>Every guard that can be said to have fired: the one table.</summary>
/// <remarks>What can fire a guard is named as scripts name their acts; "*" is any of them.</remarks>
public static class Guards
{
    private const string
        MmuUpdate = "mmu_update", ExtOp = "mmuext_op", VaMapping = "update_va_mapping", Write = "write", Read = "read",
        SetGdt = "set_gdt", Descriptor = "update_descriptor", Decrease = "memory_op.decrease_reservation",
        Increase = "memory_op.increase_reservation", Populate = "memory_op.populate_physmap", VcpuInfo = "vcpu_op.register_vcpu_info",
        Initialise = "vcpu_op.initialise", EnterUser = "enter_user", EnterKernel = "enter_kernel", Anything = "*";

    private const string
        Kernel = "in user mode the instruction is the guest's own system call, and nothing is asked",
        Ran = "every vCPU of a stage has run",
        Wide = "the domains of a stage are 64-bit guests",
        OneRoot = "the table in a 32-bit root's last slot is one root's only, so that no other leads to the program",
        OneMode = "a 32-bit guest has the same tables in both modes";

    private static readonly string[] Nobody = [];

    private static readonly string[] VaMappings = [VaMapping, "update_va_mapping_otherdomain"];

    private static readonly string[] Changing = [MmuUpdate, .. VaMappings, Write];

    private static readonly string[] Leaves = [.. Changing, ExtOp];

    /// <summary>What establishes tables, and takes them down.</summary>
    private static readonly string[] Establishing = [MmuUpdate, ExtOp];

    /// <summary>What has frames become descriptor pages besides.</summary>
    private static readonly string[] Retyping = [.. Establishing, SetGdt];

    /// <summary>What takes references, if only for as long as it looks.</summary>
    private static readonly string[] Holding = [.. Retyping, Descriptor, VcpuInfo];

    /// <summary>Conditions and clauses in the order of spec/06-hypercalls.md, then the micro-steps.</summary>
    public static IReadOnlyList<Guard> All { get; } =
    [
        new("HC-1", "a request names its caller's own domain", [MmuUpdate, ExtOp]),
        new("HC-1.a", "the page tables are said to be another domain's", [MmuUpdate]),
        new("HC-1.b", "the caller names itself by its number", [MmuUpdate, ExtOp]),
        new("HC-1.c", "the target is another domain, DOMID_IO or DOMID_XEN", [MmuUpdate, ExtOp]),
        new("HC-1.d", "the target does not exist", [MmuUpdate, ExtOp]),
        new("HC-1.e", "a request from user mode", Nobody, Kernel),

        new("HC-2", "an element of mmu_update is carried out", [MmuUpdate]),
        new("HC-2.a", "the frame is not the caller's", [MmuUpdate]),
        new("HC-2.b", "an entry of a live table", [MmuUpdate]),
        new("HC-2.c", "a descriptor page in use", [MmuUpdate]),
        new("HC-2.d", "a frame that is or would become Writable", [MmuUpdate]),
        new("HC-2.e", "PRESERVE_AD", [MmuUpdate]),
        new("HC-2.f", "MACHPHYS", [MmuUpdate]),
        new("HC-2.g", "a kind that does not exist", [MmuUpdate]),

        new("HC-3", "an entry of a leaf table changes", Changing),
        new("HC-3.a", "a bit that guests may not set", Leaves),
        new("HC-3.b", "the target is no memory of this machine", Leaves),
        new("HC-3.c", "the target is not the owner's", Leaves),
        new("HC-3.d", "a writable entry whose target cannot become Writable", Leaves),

        new("HC-4", "a frame is established in a type", Establishing),
        new("HC-4.a", "an entry under audit has a bit that guests may not set", Establishing),
        new("HC-4.b", "the table that an entry under audit names cannot be established", Establishing),
        new("HC-4.c", "an entry under audit is not a linear one either", Establishing),
        new("HC-4.d", "a 32-bit root's last slot is empty", Nobody, Wide) { NarrowOperations = [ExtOp] },
        new("HC-4.e", "the table in a 32-bit root's last slot is held already", Nobody, Wide) { NarrowOperations = [ExtOp] },

        new("HC-5", "an entry of an upper table changes", [MmuUpdate]),
        new("HC-5.a", "a slot of Xen's", [MmuUpdate]),
        new("HC-5.b", "the table that the new entry names cannot be established", [MmuUpdate]),
        new("HC-5.c", "the new entry is not a linear one either", [MmuUpdate]),
        new("HC-5.d", "a 32-bit root's last slot", Nobody, Wide) { NarrowOperations = [MmuUpdate] },

        new("HC-6", "an element of mmuext_op is carried out", [ExtOp]),

        new("HC-7", "a frame is pinned", [ExtOp]),
        new("HC-7.a", "the frame is not the caller's", [ExtOp]),
        new("HC-7.b", "the frame cannot be established as a table of that level", [ExtOp]),
        new("HC-7.c", "the frame is pinned already", [ExtOp]),
        new("HC-7.d", "PIN_L4_TABLE of a 32-bit guest's", Nobody, Wide) { NarrowOperations = [ExtOp] },

        new("HC-8", "a frame is unpinned", [ExtOp]),
        new("HC-8.a", "the frame is not the caller's", [ExtOp]),
        new("HC-8.b", "the frame is not pinned", [ExtOp]),

        new("HC-9", "a root is loaded", [ExtOp]) { NotNarrow = OneRoot },
        new("HC-9.a", "the kernel root that is loaded already", [ExtOp]),
        new("HC-9.b", "the frame cannot be established as a root", [ExtOp]),
        new("HC-9.c", "the user root that is loaded already", [ExtOp]) { NotNarrow = OneMode },
        new("HC-9.d", "the vCPU is to have no user root", [ExtOp]) { NotNarrow = OneMode },
        new("HC-9.e", "a user root for a 32-bit guest", Nobody, Wide) { NarrowOperations = [ExtOp] },

        new("HC-10.a", "translations are flushed", [ExtOp, .. VaMappings]),
        new("HC-10.b", "the set of vCPUs cannot be read", [ExtOp]),
        new("HC-10.c", "one address is flushed", [ExtOp]),

        new("HC-11", "another element is carried out", [ExtOp]),
        new("HC-11.a", "a cache flush", [ExtOp]),
        new("HC-11.b", "an LDT", [ExtOp]),
        new("HC-11.c", "CLEAR_PAGE or COPY_PAGE", [ExtOp]),
        new("HC-11.d", "superpage marks", [ExtOp]),
        new("HC-11.e", "a command that does not exist", [ExtOp]),

        new("HC-12", "update_va_mapping is carried out", VaMappings),
        new("HC-12.a", "no live leaf table of the caller's for the address", VaMappings),
        new("HC-12.b", "the leaf table's entry is to change", VaMappings),
        new("HC-12.c", "a flush with it", VaMappings),
        new("HC-12.d", "the set of vCPUs to flush cannot be read", VaMappings),

        new("HC-13", "an emulated store is carried out", [Write]),
        new("HC-13.a", "the frame is no live leaf table of the domain's", Nobody, "such a store is the guest's own page fault, and no request"),
        new("HC-13.b", "a store to a live leaf table", [Write]),

        new("HC-14", "all frames are given back", [Decrease]),
        new("HC-14.a", "the frame is not the caller's", [Decrease]),
        new("HC-14.b", "a frame is given back", [Decrease]),

        new("HC-15", "frames are allocated", [Increase, Populate]),
        new("HC-15.a", "a frame that Xen chose is not free", Nobody, "Xen chooses free frames"),

        new("HC-16", "vcpu_info is registered", [VcpuInfo]),
        new("HC-16.a", "it was registered before", [VcpuInfo]),
        new("HC-16.b", "the frame is not the caller's, or cannot become Writable", [VcpuInfo]),

        new("HC-17.a", "too many descriptors", [SetGdt]),
        new("HC-17.b", "a frame cannot become a descriptor page", [SetGdt]),
        new("HC-17.c", "the descriptor table changes", [SetGdt]),

        new("HC-18", "a descriptor is written", [Descriptor]),
        new("HC-18.a", "the frame is not the caller's", [Descriptor]),
        new("HC-18.b", "a descriptor that a guest may not have, or at no multiple of eight", [Descriptor]),
        new("HC-18.c", "the frame cannot become Writable", [Descriptor]),

        new("HC-19", "a hypercall that is none of this part's", [Anything]),

        new("HC-20", "a vCPU is initialised", Nobody, Ran),
        new("HC-20.a", "the vCPU has a kernel root", [Initialise]),
        new("HC-20.b", "an address, the LDT or the mode is not sound", Nobody, Ran),
        new("HC-20.c", "the vCPU is to have an LDT", Nobody, Ran),
        new("HC-20.d", "the descriptor table is refused", Nobody, Ran),
        new("HC-20.e", "the kernel root is refused", Nobody, Ran),
        new("HC-20.f", "the user root is refused", Nobody, Ran),

        new("HC-21", "a request is interrupted", Establishing),

        Taken(Step.Allocate, "a frame is allocated", Increase, Populate),
        Never(Step.Share, "only boot takes it"),
        Taken(Step.Release, "a frame is given back", Decrease),
        Taken(Step.Free, "a frame is freed", [Decrease, .. Establishing]),
        Taken(Step.Take, "a reference is taken", Holding),
        Taken(Step.TakeType, "a type reference is taken", Holding),
        Taken(Step.Drop, "a reference is dropped", Holding),
        Taken(Step.Leave, "a reference is given up", [.. Retyping, Descriptor]),
        Taken(Step.Forget, "a reference that left its place is dropped", [.. Retyping, Descriptor]),
        Taken(Step.Pin, "a pin is set", ExtOp),
        Taken(Step.Unpin, "a pin is taken out", ExtOp),
        Taken(Step.PlaceVcpuInfo, "a vcpu_info is placed", VcpuInfo),
        Taken(Step.Begin, "a validation begins", Holding),
        Taken(Step.Settle, "a retyped frame has been flushed", Retyping),
        Taken(Step.AuditLeaf, "a leaf entry is audited", Establishing),
        Taken(Step.AuditUpper, "an upper entry is audited", Establishing),
        Taken(Step.AuditOwnLinear, "an entry that names its own table is audited", Establishing),
        Taken(Step.AuditSiblingLinear, "an entry that names a table of its level is audited", Establishing),
        Taken(Step.ClaimXenSlot, "Xen takes a slot that the guest had filled", ExtOp),
        Taken(Step.Finish, "a validation is finished", Holding),
        Taken(Step.UndoEntry, "an audited entry is undone", Establishing),
        Taken(Step.Abort, "a validation is aborted", Retyping),
        Taken(Step.BeginDevalidate, "a table begins to be taken down", Establishing),
        Taken(Step.Devalidate, "a table is taken down", Establishing),
        Taken(Step.Pause, "a table is left half-way", Establishing),
        Taken(Step.Resume, "a validation that was left half-way goes on", Establishing),
        Taken(Step.ResumeDevalidate, "the taking down of a table that was left half-way goes on", Establishing),
        Taken(Step.ClearEntry, "an entry is taken out", Changing),
        Taken(Step.SetLeaf, "a leaf entry is put", Changing),
        Taken(Step.SetUpper, "an upper entry is put", MmuUpdate),
        Taken(Step.SetOwnLinear, "an entry that names its own table is put", MmuUpdate),
        Taken(Step.SetSiblingLinear, "an entry that names a table of its level is put", MmuUpdate),
        Taken(Step.EditInPlace, "an entry changes without an audit", Changing),
        Taken(Step.WriteData, "an entry is written as data", MmuUpdate, Descriptor),
        Taken(Step.Load, "memory is loaded", Write, ExtOp),
        Never(Step.Store, "the watch loads what guests stored when it comes to matter, and tells of no store"),
        Taken(Step.UnloadKernelBase, "a kernel root is unloaded", ExtOp) with { NotNarrow = OneRoot },
        Taken(Step.LoadKernelBase, "a kernel root is loaded", ExtOp) with { NotNarrow = OneRoot },
        Taken(Step.UnloadUserBase, "a user root is unloaded", ExtOp) with { NotNarrow = OneMode },
        Taken(Step.LoadUserBase, "a user root is loaded", ExtOp) with { NotNarrow = OneMode },
        Taken(Step.EnterKernel, "a vCPU enters its kernel", EnterKernel) with { NotNarrow = OneMode },
        Taken(Step.EnterUser, "a vCPU enters user mode", EnterUser) with { NotNarrow = OneMode },
        Taken(Step.PlaceDescriptors, "a descriptor page is placed", SetGdt),
        Taken(Step.RemoveDescriptors, "a descriptor page is taken out", SetGdt),
        Taken(Step.Fill, "a translation is cached", Read, Write),
        Never(Step.FillSuperpage, "no live entry has PSE (I-TBITS)"),
        Taken(Step.Flush, "a vCPU is flushed", [ExtOp, MmuUpdate, .. VaMappings]),
    ];

    /// <summary>The guards that a script can fire and that are not in the set.</summary>
    /// <param name="is32Bit">of the kind of the stage's domains</param>
    public static IEnumerable<Guard> Missing(GuardSet fired, bool is32Bit = false) => All.Where(g => g.WhyNot(is32Bit) is null && !fired.Contains(g));

    /// <summary>The guard of that id, or null.</summary>
    public static Guard? Find(string id) => All.FirstOrDefault(g => g.Id == id);

    private static Guard Taken(Step step, string says, params string[] operations) => new(step.ToString(), says, operations);

    private static Guard Never(Step step, string impossible) => new(step.ToString(), "", Nobody, impossible);
}
