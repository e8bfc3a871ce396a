namespace Conformance.Bridge;

/// <summary>
/// The numbers of Xen's public headers that the watch decodes by. They are written down here a second time on purpose: a mistake
/// shared with the hypervisor would be seen by nobody.
/// </summary>
internal static class Abi
{
    // xen/include/public/xen.h, hypercall numbers.
    public const ulong
        SetTrapTable = 0,
        MmuUpdate = 1,
        SetGdt = 2,
        StackSwitch = 3,
        SetCallbacks = 4,
        FpuTaskswitch = 5,
        SetDebugreg = 8,
        UpdateDescriptor = 10,
        MemoryOp = 12,
        Multicall = 13,
        UpdateVaMapping = 14,
        VmAssist = 21,
        UpdateVaMappingOtherDomain = 22,
        Iret = 23,
        VcpuOp = 24,
        SetSegmentBase = 25,
        MmuExtOp = 26,
        NmiOp = 28,
        SchedOp = 29,
        CallbackOp = 30,
        PhysdevOp = 33;

    private static readonly string[] Names =
    [
        "set_trap_table", "mmu_update", "set_gdt", "stack_switch", "set_callbacks", "fpu_taskswitch", "sched_op_compat", "platform_op",
        "set_debugreg", "get_debugreg", "update_descriptor", "11", "memory_op", "multicall", "update_va_mapping", "set_timer_op",
        "event_channel_op_compat", "xen_version", "console_io", "physdev_op_compat", "grant_table_op", "vm_assist",
        "update_va_mapping_otherdomain", "iret", "vcpu_op", "set_segment_base", "mmuext_op", "xsm_op", "nmi_op", "sched_op", "callback_op",
        "xenoprof_op", "event_channel_op", "physdev_op", "hvm_op", "sysctl", "domctl", "kexec_op", "tmem_op", "argo_op", "xenpmu_op", "dm_op",
        "hypfs_op",
    ];

    /// <summary>A hypercall's name without its prefix; "unknown" for a number without one.</summary>
    public static string Name(ulong number) => number < (ulong)Names.Length ? Names[number] : "unknown";

    // xen/include/public/memory.h
    public const int MemoryOpBits = 6;

    public const ulong IncreaseReservation = 0, DecreaseReservation = 1, PopulatePhysmap = 6;

    /// <summary>struct xen_memory_reservation: extent_start, nr_extents, extent_order, mem_flags, domid.</summary>
    public const int ReservationSize = 32, ReservationSize32 = 20;

    /// <summary>CONFIG_DOMU_MAX_ORDER: the largest extent that a guest without devices may name.</summary>
    public const uint MaxOrder = 9;

    /// <summary>More extents do not fit beside the operation in the number of a continuation (do_memory_op(), xen/common/memory.c).</summary>
    public const ulong MaxExtents = uint.MaxValue >> MemoryOpBits;

    // xen/include/public/vcpu.h
    public const ulong Initialise = 0, RegisterVcpuInfo = 10;

    /// <summary>struct vcpu_register_vcpu_info: mfn, offset, rsvd.</summary>
    public const int RegisterVcpuInfoSize = 16, VcpuInfoSize = 64;

    // xen/include/public/sched.h
    public const ulong SchedYield = 0, SchedBlock = 1, SchedPoll = 3;

    /// <summary>struct mmu_update: ptr, val. The low bits of ptr are the command.</summary>
    public const int MmuUpdateSize = 16;

    public const ulong MmuCommandMask = 7;

    /// <summary>MMU_UPDATE_PREEMPTED: set in a count by Xen's own continuations.</summary>
    public const uint Preempted = 0x8000_0000;

    /// <summary>struct mmuext_op: cmd, arg1, arg2.</summary>
    public const int MmuExtOpSize = 24, MmuExtOpSize32 = 12;

    // UVMF_*: how update_va_mapping flushes, in the low bits; above them which vCPUs.
    public const ulong FlushTypeMask = 3, FlushAll = 4;

    /// <summary>Slots of a root that are Xen's (xen/include/asm-x86/config.h, ROOT_PAGETABLE_FIRST_XEN_SLOT .. LAST).</summary>
    public const int FirstXenSlot = 256, LastXenSlot = 271;

    /// <summary>HYPERVISOR_COMPAT_VIRT_START: a 32-bit guest's addresses from here on are Xen's (xen/include/public/arch-x86/xen-x86_32.h).</summary>
    public const ulong FirstXenAddress32 = 0xf580_0000;

    /// <summary>The slots of the table for the last GiB that are Xen's begin here.</summary>
    public const int FirstXenSlot32 = (int)(FirstXenAddress32 >> 21) & (PageEntry.Slots - 1);

    /// <summary>The entries of a 32-bit guest's root, and the last of them.</summary>
    public const int RootEntries32 = 4, LastRootSlot32 = RootEntries32 - 1;

    /// <summary>FIRST_RESERVED_GDT_ENTRY: descriptors from here on are Xen's.</summary>
    public const uint FirstReservedDescriptor = 14 * 512;

    public const int DescriptorsPerPage = 512;

    /// <summary>Neither Xen's nor behind the canonical hole: what a batch may start at (__addr_ok(), xen/include/asm-x86/x86_64/uaccess.h).</summary>
    public static bool IsGuests(ulong linear) => linear is < 0x0000_8000_0000_0000 or >= 0xffff_8800_0000_0000;

    public const long EFAULT = 14, EINVAL = 22, ENOSYS = 38;
}
