using Implementation.Cpu;
using Implementation.Hypervisor;

namespace Implementation.Hypercalls;

/// <summary>A hypercall: reads its arguments, does its work, answers what RAX will hold.</summary>
/// <param name="r">untrusted</param>
internal delegate long Hypercall(Xen xen, Vcpu v, in HypercallRegisters r);

/// <summary>The one table of hypercalls, by the numbers of xen/include/public/xen.h.</summary>
internal static class Table
{
    private const string Unknown = "unknown";

#pragma warning disable IDE0055 // Columns carry the meaning.
    private static readonly (string Name, Hypercall Handle)[] Rows = Fill(new()
    {
        // nr    name                                  handler
        [ 0] = ("set_trap_table",                      SetTrapTable.Handle),
        [ 1] = ("mmu_update",                          MmuUpdate.Handle),
        [ 2] = ("set_gdt",                             SetGdt.Handle),
        [ 3] = ("stack_switch",                        StackSwitch.Handle),
        [ 4] = ("set_callbacks",                       SetCallbacks.Handle),
        [ 5] = ("fpu_taskswitch",                      FpuTaskswitch.Handle),
        [ 6] = ("sched_op_compat",                     Refused.NotImplemented),
        [ 7] = ("platform_op",                         Refused.NotPermitted),
        [ 8] = ("set_debugreg",                        SetDebugreg.Handle),
        [ 9] = ("get_debugreg",                        GetDebugreg.Handle),
        [10] = ("update_descriptor",                   UpdateDescriptor.Handle),
        [12] = ("memory_op",                           MemoryOp.Handle),
        [13] = ("multicall",                           Multicall.Handle),
        [14] = ("update_va_mapping",                   UpdateVaMapping.Handle),
        [15] = ("set_timer_op",                        SetTimerOp.Handle),
        [16] = ("event_channel_op_compat",             Refused.NotImplemented),
        [17] = ("xen_version",                         XenVersion.Handle),
        [18] = ("console_io",                          Refused.NotPermitted),
        [19] = ("physdev_op_compat",                   Refused.NotImplemented),
        [20] = ("grant_table_op",                      GrantTableOp.Handle),
        [21] = ("vm_assist",                           VmAssistOp.Handle),
        [22] = ("update_va_mapping_otherdomain",       UpdateVaMapping.HandleOtherDomain),
        [23] = ("iret",                                Iret.Handle),
        [24] = ("vcpu_op",                             VcpuOp.Handle),
        [25] = ("set_segment_base",                    SetSegmentBase.Handle),
        [26] = ("mmuext_op",                           MmuExtOp.Handle),
        [27] = ("xsm_op",                              Refused.NotImplemented),
        [28] = ("nmi_op",                              NmiOp.Handle),
        [29] = ("sched_op",                            SchedOp.Handle),
        [30] = ("callback_op",                         CallbackOp.Handle),
        [31] = ("xenoprof_op",                         Refused.NotImplemented),
        [32] = ("event_channel_op",                    EventChannelOp.Handle),
        [33] = ("physdev_op",                          PhysdevOp.Handle),
        [34] = ("hvm_op",                              Refused.NotImplemented),
        [35] = ("sysctl",                              Refused.NotPermitted),
        [36] = ("domctl",                              Refused.NotPermitted),
        [37] = ("kexec_op",                            Refused.NotPermitted),
        [38] = ("tmem_op",                             Refused.NotImplemented),
        [39] = ("argo_op",                             Refused.NotImplemented),
        [40] = ("xenpmu_op",                           Refused.NotSupported),
        [41] = ("dm_op",                               Refused.NotPermitted),
        [42] = ("hypfs_op",                            Refused.NotImplemented),
    });
#pragma warning restore IDE0055

    /// <summary>The hypercall's name in xen.h, without its prefix.</summary>
    public static string NameOf(ulong number) => Find(number).Name;

    /// <summary>Where the number and the arguments are, at SYSCALL and at INT 0x82.</summary>
    private static readonly Gpr[]
        Wide = [Gpr.Rax, Gpr.Rdi, Gpr.Rsi, Gpr.Rdx, Gpr.R10, Gpr.R8],
        Narrow = [Gpr.Rax, Gpr.Rbx, Gpr.Rcx, Gpr.Rdx, Gpr.Rsi, Gpr.Rdi];

    /// <summary>Carries out the hypercall that a kernel's SYSCALL, or INT 0x82, asked for.</summary>
    public static void Dispatch(Xen xen, Vcpu v)
    {
        Processor cpu = v.Cpu;
        Gpr[] at = v.Domain.Is32Bit ? Narrow : Wide;
        ulong mask = v.Domain.Abi.MaxWord;
        HypercallRegisters call = new(
            cpu[at[0]] & mask, cpu[at[1]] & mask, cpu[at[2]] & mask, cpu[at[3]] & mask, cpu[at[4]] & mask, cpu[at[5]] & mask);
        long answer = Invoke(xen, v, call, inMulticall: false);

        if (v.Continuation is { } rest) Reissue(v, rest, at);
        else cpu[Gpr.Rax] = unchecked((ulong)answer) & mask;
    }

    /// <summary>Counts and carries out one hypercall, with the observer on both sides of it.</summary>
    public static long Invoke(Xen xen, Vcpu v, in HypercallRegisters call, bool inMulticall)
    {
        (string name, Hypercall handle) = Find(call.Number);
        v.Domain.Hypercalls.Add(name, inMulticall);

        xen.Observer?.HypercallEntering(v, call);
        long answer = handle(xen, v, call);
        xen.Observer?.HypercallLeft(v, call, answer);
        return answer;
    }

    /// <summary>Goes back to the instruction that called, with the arguments of what is left, so that a long request can be stopped between.</summary>
    private static void Reissue(Vcpu v, in HypercallRegisters rest, Gpr[] at)
    {
        const int callLength = 2; // of SYSCALL and of INT 0x82

        Processor cpu = v.Cpu;
        v.Continuation = null;
        cpu.Rip -= callLength;
        (cpu[at[0]], cpu[at[1]], cpu[at[2]], cpu[at[3]]) = (rest.Number, rest.A1, rest.A2, rest.A3);
        (cpu[at[4]], cpu[at[5]]) = (rest.A4, rest.A5);
    }

    private static (string Name, Hypercall Handle) Find(ulong number) =>
        number < (ulong)Rows.Length ? Rows[number] : (Unknown, Refused.NotImplemented);

    private static (string Name, Hypercall Handle)[] Fill(Dictionary<int, (string Name, Hypercall Handle)> rows)
    {
        var filled = new (string, Hypercall)[64];
        Array.Fill(filled, (Unknown, Refused.NotImplemented));
        foreach ((int number, (string, Hypercall) row) in rows) filled[number] = row;
        return filled;
    }
}
