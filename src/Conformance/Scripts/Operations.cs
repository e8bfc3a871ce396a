using System.Collections.Immutable;
using static Conformance.Scripts.EventRecipes;
using static Conformance.Scripts.GuestRecipes;
using static Conformance.Scripts.MemoryRecipes;

namespace Conformance.Scripts;

/// <summary>The one table of operations.</summary>
public static class Operations
{
    /// <summary>xen/include/public/xen.h: the ids that stand for a domain without naming it.</summary>
    public const ulong DomidSelf = 0x7ff0, DomidIo = 0x7ff1, DomidXen = 0x7ff2;

    private const string
        Entered = "the interpreter is entered there, and would hear of nothing more",
        Hardware = "the first domain has the hardware to itself",
        Granted = "the first domain is granted what others are refused, and can be harmed by it",
        Once = "a vCPU can do it once, and one boot plays many scripts",
        OnlyVcpu = "it would take the interpreter's only processor away",
        Later = "Xen writes there later, into what the interpreter has put there since",
        Watches = "a watchpoint would stop the interpreter",
        Other = "Xen has another version of it, which our hypervisor does not offer";

    private static readonly (ulong, string)[] DomainWords = [(DomidSelf, "domid_self"), (DomidIo, "domid_io"), (DomidXen, "domid_xen")];

    private static readonly OperandRow
        Foreign = new("foreign", Sort.Self) { Words = DomainWords },
        Self = new("domain", Sort.Self) { Words = DomainWords },
        Remote = new("remote", Sort.Domain) { Words = DomainWords },
        Done = new("done", Sort.OptionalPointer),
        At = new("at", Sort.Pointer),
        List = new("list", Sort.Pointer),
        How = new("how", Sort.Word),
        Vcpu = new("vcpu", Sort.Vcpu),
        Port = new("port", Sort.Port),
        Frame = new("frame", Sort.Frame),
        Slot = new("slot", Sort.Slot),
        Entry = new("entry", Sort.Entry),
        Address = new("address", Sort.Address),
        Time = new("time", Sort.Word),
        Structs = new("structures", Sort.Count, 1),
        Start = new("start", Sort.Count),
        Order = new("order", Sort.Count),
        MemFlags = new("flags", Sort.Flags, 0xffff);

    private static readonly OperandRow
        UpdateKind = OperandRow.Command("kind", "normal", "machphys", "preserve_ad", "no_translate"),
        ExtCommand = OperandRow.Command(
            "command", "pin_l1", "pin_l2", "pin_l3", "pin_l4", "unpin", "new_baseptr", "tlb_flush_local", "invlpg_local", "tlb_flush_multi",
            "invlpg_multi", "tlb_flush_all", "invlpg_all", "flush_cache", "set_ldt", "", "new_user_baseptr", "clear_page", "copy_page",
            "flush_cache_global", "mark_super", "unmark_super"),
        VersionCommand = OperandRow.Command(
            "command", "version", "extraversion", "compile_info", "capabilities", "changeset", "platform_parameters", "get_features", "pagesize",
            "guest_handle", "command_line", "build_id"),
        SegmentBase = OperandRow.Command("which", "fs", "gs_user", "gs_kernel", "gs_user_sel"),
        AssistCommand = OperandRow.Command("command", "enable", "disable"),
        Callback = OperandRow.Command("type", "event", "failsafe", "syscall", "sysenter_old", "nmi", "sysenter", "", "syscall32");

    private static readonly OperationRow[] Rows =
    [
        new(Operation.Read, "read", Means.Read, [Address], [], 8),
        new(Operation.Write, "write", Means.Write, [Address, new("value", Sort.Entry)], [], 10),
        new(Operation.Instruction, "instruction", Means.Instruction, [OperandRow.Named("which", [.. Instructions.All.Select(i => i.Name)])], [], 3),
        new(Operation.Interrupt, "int", Means.Interrupt, [new("vector", Sort.Count, 255)], [], 1),
        new(Operation.EnterUser, "enter_user", Means.EnterUser, [], [], 1),
        new(Operation.EnterKernel, "enter_kernel", Means.EnterKernel, [], [], 2),
        new(Operation.Return, "iret", Means.Return, ReturnFrame.Operands, [], 4),

        Batch(Operation.MmuUpdate, "mmu_update", 30, MmuUpdate, [Foreign, Done], Frame, Slot, UpdateKind, Entry),
        Batch(Operation.MmuExtOp, "mmuext_op", 30, MmuExtOp, [Foreign, Done], ExtCommand, Frame, new("second", Sort.Frame)),
        Call(Operation.UpdateVaMapping, "update_va_mapping", 8, UpdateVaMapping, Address, Entry, new("flush", Sort.Flags, 7)),
        Call(Operation.Multicall, "multicall", 3, Multicall),
        Call(Operation.UpdateVaMappingOtherDomain, "update_va_mapping_otherdomain", 2, UpdateVaMappingOtherDomain, Address, Entry, new("flush", Sort.Flags, 7), Self),
        Batch(Operation.SetGdt, "set_gdt", 3, SetGdt, [At, new("entries", Sort.Count, 7168)], Frame),
        Call(Operation.UpdateDescriptor, "update_descriptor", 4, UpdateDescriptor, Frame, Slot, new("offset", Sort.Count), new("descriptor", Sort.Descriptor)),

        Batch(Operation.IncreaseReservation, "memory_op.increase_reservation", 2, IncreaseReservation, [At, List, Start, Order, MemFlags, Self], new OperandRow("room", Sort.Word)),
        Batch(Operation.DecreaseReservation, "memory_op.decrease_reservation", 5, DecreaseReservation, [At, List, Start, Order, MemFlags, Self], Frame),
        Batch(Operation.PopulatePhysmap, "memory_op.populate_physmap", 2, PopulatePhysmap, [At, List, Start, Order, MemFlags, Self], new OperandRow("pfn", Sort.Word)),
        Call(Operation.MaximumRamPage, "memory_op.maximum_ram_page", 1, MaximumRamPage),
        Call(Operation.CurrentReservation, "memory_op.current_reservation", 1, CurrentReservation, At, Self),
        Call(Operation.MaximumReservation, "memory_op.maximum_reservation", 1, MaximumReservation, At, Self),
        Call(Operation.MemoryMap, "memory_op.memory_map", 1, MemoryMap, At, new("entries", Sort.Count, 32), List),
        Call(Operation.MachphysMapping, "memory_op.machphys_mapping", 1, MachphysMapping, At),
        Call(Operation.MemoryUnknown, "memory_op", 1, MemoryUnknown, OperandRow.Choice("command", 8, 14, 40, 63), At),

        Batch(Operation.SetTrapTable, "set_trap_table", 1, SetTrapTable, [At], new("vector", Sort.Count, 255), new("flags", Sort.Flags, 7), new("selector", Sort.Word), Address) with { NotOnRealXen = Entered },
        Call(Operation.StackSwitch, "stack_switch", 1, StackSwitch, new("selector", Sort.Word), Address) with { NotOnRealXen = Entered },
        Call(Operation.SetCallbacks, "set_callbacks", 1, SetCallbacks, new("event", Sort.Address), new("failsafe", Sort.Address), new("syscall", Sort.Address)) with { NotOnRealXen = Entered },
        Call(Operation.CallbackRegister, "callback_op.register", 1, CallbackRegister, At, Callback, new("flags", Sort.Flags, 1), Address) with { NotOnRealXen = Entered },
        Call(Operation.CallbackUnregister, "callback_op.unregister", 1, CallbackUnregister, At, Callback) with { NotOnRealXen = Entered },
        Call(Operation.CallbackUnknown, "callback_op", 1, CallbackUnknown, OperandRow.Choice("command", 2, 99, ulong.MaxValue), At),
        Call(Operation.NmiRegister, "nmi_op.register", 1, NmiRegister, At, Address) with { NotOnRealXen = Entered },
        Call(Operation.NmiUnregister, "nmi_op.unregister", 1, NmiUnregister, At) with { NotOnRealXen = Entered },
        Call(Operation.NmiUnknown, "nmi_op", 1, NmiUnknown, OperandRow.Choice("command", 2, 99, ulong.MaxValue), At),

        Call(Operation.FpuTaskswitch, "fpu_taskswitch", 1, FpuTaskswitch, new OperandRow("set", Sort.Count, 1)),
        Call(Operation.SetDebugreg, "set_debugreg", 1, SetDebugreg, new("register", Sort.Command, 7), Address) with { NotOnRealXen = Watches },
        Call(Operation.GetDebugreg, "get_debugreg", 1, GetDebugreg, new OperandRow("register", Sort.Command, 7)),
        Call(Operation.SetSegmentBase, "set_segment_base", 1, SetSegmentBase, SegmentBase, Address) with { NotNarrow = "only 64-bit guests have it" },
        Call(Operation.SetTimer, "set_timer_op", 1, SetTimer, Time),
        Call(Operation.XenVersion, "xen_version", 1, XenVersion, VersionCommand, At, new("submap", Sort.Count)),
        Call(Operation.VmAssist, "vm_assist", 1, VmAssist, AssistCommand, OperandRow.Choice("type", 0, 1, 2, 3, 4, 5, 6, 31, 32, 33, 63, 64, ulong.MaxValue)),
        Call(Operation.SetIopl, "physdev_op.set_iopl", 1, SetIopl, At, new("iopl", Sort.Count, 3)),
        Call(Operation.SetIobitmap, "physdev_op.set_iobitmap", 1, SetIobitmap, At, List, new("ports", Sort.Count, 65536)),
        Call(Operation.PhysdevUnknown, "physdev_op", 1, PhysdevUnknown, OperandRow.Choice("command", 3, 99, uint.MaxValue), At),

        Call(Operation.VcpuInitialise, "vcpu_op.initialise", 1, VcpuInitialise, Vcpu, At) with { NotOnRealXen = OnlyVcpu },
        Call(Operation.VcpuUp, "vcpu_op.up", 1, VcpuUp, Vcpu),
        Call(Operation.VcpuDown, "vcpu_op.down", 1, VcpuDown, Vcpu) with { NotOnRealXen = OnlyVcpu },
        Call(Operation.VcpuIsUp, "vcpu_op.is_up", 1, VcpuIsUp, Vcpu),
        Call(Operation.VcpuRunstateInfo, "vcpu_op.get_runstate_info", 1, VcpuRunstateInfo, Vcpu, At),
        Call(Operation.VcpuRunstateArea, "vcpu_op.register_runstate_memory_area", 1, VcpuRunstateArea, Vcpu, At, List) with { NotOnRealXen = Later },
        Call(Operation.VcpuSetPeriodic, "vcpu_op.set_periodic_timer", 1, VcpuSetPeriodic, Vcpu, At, Time),
        Call(Operation.VcpuStopPeriodic, "vcpu_op.stop_periodic_timer", 1, VcpuStopPeriodic, Vcpu),
        Call(Operation.VcpuSetSingleshot, "vcpu_op.set_singleshot_timer", 1, VcpuSetSingleshot, Vcpu, At, Time, new("flags", Sort.Flags, 1)),
        Call(Operation.VcpuStopSingleshot, "vcpu_op.stop_singleshot_timer", 1, VcpuStopSingleshot, Vcpu),
        Call(Operation.VcpuRegisterInfo, "vcpu_op.register_vcpu_info", 3, VcpuRegisterInfo, Vcpu, At, Frame, new("offset", Sort.Count, 4032)) with { NotOnRealXen = Once },
        Call(Operation.VcpuUnknown, "vcpu_op", 1, VcpuUnknown, OperandRow.Choice("command", 99, uint.MaxValue), Vcpu, At),

        Call(Operation.SchedYield, "sched_op.yield", 1, SchedYield),
        Call(Operation.SchedShutdownCode, "sched_op.shutdown_code", 1, SchedShutdownCode, At, new("reason", Sort.Count, 5)) with { NotOnRealXen = Granted },
        Call(Operation.SchedUnknown, "sched_op", 1, SchedUnknown, OperandRow.Choice("command", 99, ulong.MaxValue), At),

        Call(Operation.EventBindInterdomain, "event_channel_op.bind_interdomain", 2, BindInterdomain, At, Remote, Port),
        Call(Operation.EventBindVirq, "event_channel_op.bind_virq", 1, BindVirq, At, new("virq", Sort.Count, 1), Vcpu),
        Call(Operation.EventBindPirq, "event_channel_op.bind_pirq", 1, BindPirq, At, new("pirq", Sort.Count, 255), new("flags", Sort.Flags, 1)) with { NotOnRealXen = Hardware },
        Call(Operation.EventClose, "event_channel_op.close", 1, Close, At, Port),
        Call(Operation.EventSend, "event_channel_op.send", 2, Send, At, Port),
        Call(Operation.EventStatus, "event_channel_op.status", 1, Status, At, Self, Port),
        Call(Operation.EventAllocUnbound, "event_channel_op.alloc_unbound", 2, AllocUnbound, At, Self, Remote),
        Call(Operation.EventBindIpi, "event_channel_op.bind_ipi", 1, BindIpi, At, Vcpu),
        Call(Operation.EventBindVcpu, "event_channel_op.bind_vcpu", 1, BindVcpu, At, Port, Vcpu),
        Call(Operation.EventUnmask, "event_channel_op.unmask", 1, Unmask, At, Port),
        Call(Operation.EventReset, "event_channel_op.reset", 1, EventRecipes.Reset, At, Self),
        Call(Operation.EventFifo, "event_channel_op.fifo", 1, Fifo, OperandRow.Choice("command", 11, 12, 13), At, How) with { NotOnRealXen = Other },
        Call(Operation.EventUnknown, "event_channel_op", 1, EventUnknown, OperandRow.Choice("command", 99, uint.MaxValue), At),

        Call(Operation.GrantSetupTable, "grant_table_op.setup_table", 2, SetupTable, At, Self, new("frames", Sort.Count, 4), List, Structs),
        Call(Operation.GrantQuerySize, "grant_table_op.query_size", 1, QuerySize, At, Self, Structs),
        Call(Operation.GrantSetVersion, "grant_table_op.set_version", 1, SetVersion, At, new("version", Sort.Count, 2), Structs) with { NotOnRealXen = Other },
        Call(Operation.GrantGetVersion, "grant_table_op.get_version", 1, GetVersion, At, Self, Structs),
        Call(Operation.GrantUnknown, "grant_table_op", 1, GrantUnknown, OperandRow.Choice("command", 99, uint.MaxValue), At, Structs),

        Call(Operation.Refused, "refused", 1, Anything, OperandRow.Choice("number", 6, 7, 16, 18, 19, 27, 31, 34, 35, 36, 37, 38, 39, 40, 41, 42), How, At, List) with { NotOnRealXen = Granted },
        Call(Operation.Unknown, "unknown", 1, Anything, OperandRow.Choice("number", 11, 43, 47, 50, 55, 63, 64, 127, uint.MaxValue, ulong.MaxValue), How, At, List),
    ];

    /// <summary>All rows, in the order of <see cref="Operation"/>.</summary>
    public static IReadOnlyList<OperationRow> All => Rows;

    public static OperationRow Of(Operation operation) => Rows[(int)operation];

    /// <summary>The row of a name, or null.</summary>
    public static OperationRow? Find(ReadOnlySpan<char> name)
    {
        foreach (OperationRow row in Rows)
        {
            if (name.SequenceEqual(row.Name)) return row;
        }

        return null;
    }

    private static OperationRow Call(Operation operation, string name, int weight, Action<Act, RecipeWriter> write, params ImmutableArray<OperandRow> operands) =>
        new(operation, name, Means.Hypercall, operands, [], weight, write);

    private static OperationRow Batch(
        Operation operation, string name, int weight, Action<Act, RecipeWriter> write, ImmutableArray<OperandRow> operands, params ImmutableArray<OperandRow> element) =>
        new(operation, name, Means.Hypercall, operands, element, weight, write);

    /// <summary>The operands are the number and the arguments.</summary>
    private static void Anything(Act act, RecipeWriter to) => to.Call(act[0].Bits, act[1], act[2], act[3]);
}
