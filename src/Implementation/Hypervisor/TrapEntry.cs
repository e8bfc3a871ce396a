using Implementation.Cpu;
using Implementation.Memory;

namespace Implementation.Hypervisor;

/// <summary>What happens when guest code traps: Xen resolves it, or the guest kernel is entered to.</summary>
internal static class TrapEntry
{
    public const byte Debug = 1, Breakpoint = 3, Overflow = 4, InvalidOpcode = 6, DeviceNotAvailable = 7, GeneralProtectionFault = 13,
        PageFault = 14;

    /// <summary>Linux's system call of old, for which Xen has an entry of its own (int80_direct_trap()).</summary>
    private const byte DirectVector = 0x80;

    private const uint UserBit = 1 << 2, IdtBit = 1 << 1, LocalTableBit = 1 << 2;
    /// <summary>What Xen reports for a CS that it does not know.</summary>
    private const ushort NullSelector3 = 3;

    private const ulong DebugStatusReset = 0xffff_0ff0, SingleStep = 1 << 14;

    /// <summary>The vectors that push an error code: 8, 10-14, 17.</summary>
    private const uint HaveErrorCode = (1 << 8) | (0x1f << 10) | (1 << 17);

    private static readonly string?[] Names =
    [
        "#DE", "#DB", "NMI", "#BP", "#OF", "#BR", "#UD", "#NM", "#DF", null, "#TS", "#NP", "#SS", "#GP", "#PF", null, "#MF",
        "#AC", "#MC", "#XM",
    ];

    public static void HandleException(Vcpu vcpu, in CpuExit exit)
    {
        switch (exit.Vector)
        {
            case PageFault:
                HandlePageFault(vcpu, exit);
                break;
            case GeneralProtectionFault when exit.ErrorCode == 0 && PrivilegedInstructions.TryEmulate(vcpu):
            case GeneralProtectionFault when vcpu.Domain.Is32Bit && CallGate.TryEmulate(vcpu, exit.ErrorCode):
            case InvalidOpcode when PrivilegedInstructions.TryEmulateForced(vcpu):
                break;
            case DeviceNotAvailable when vcpu.Control.IsTaskSwitched:
                Inject(vcpu, DeviceNotAvailable);
                FpuState.SetTaskSwitched(vcpu, false);
                break;
            case Debug:
                InjectDebug(vcpu, exit.DebugStatus);
                break;
            default:
                Inject(vcpu, exit.Vector, exit.ErrorCode);
                break;
        }
    }

    /// <summary>
    /// Whether the processor leaves RF set (SDM Vol. 3B, 17.3.1.1): every exception but #DB, and every INT but those that Xen's own gates are open
    /// to: it refuses them with a #GP.
    /// </summary>
    public static bool IsFault(in CpuExit exit) => exit.Reason switch
    {
        ExitReason.Exception => exit.Vector != Debug,
        ExitReason.SoftwareInterrupt => exit.Vector is not (Breakpoint or Overflow or DirectVector),
        _ => false,
    };

    /// <summary>INT n: the handler, without an error code, if the guest's gate allows it, #GP at the instruction if not.</summary>
    public static void HandleSoftwareInterrupt(Vcpu vcpu, in CpuExit exit)
    {
        TrapInfo trap = vcpu.Traps[exit.Vector];
        // INT3 and INTO need no privilege, and INT 80h none if it has a handler.
        if (exit.Vector is Breakpoint or Overflow || (exit.Vector == DirectVector && trap.Address != 0) || IsPermitted(vcpu, trap))
        {
            Enter(vcpu, exit.Vector, errorCode: null);
            return;
        }

        vcpu.Cpu.Rip -= (ulong)exit.InstructionLength;
        Inject(vcpu, GeneralProtectionFault, (uint)exit.Vector * 8 + IdtBit);
    }

    /// <summary>
    /// SYSCALL from an application, or from a 32-bit kernel: the frame of an exception without error code, at the registered
    /// entry point.
    /// </summary>
    public static void EnterSyscall(Vcpu vcpu)
    {
        (Processor cpu, Callbacks callbacks, bool is32Bit) = (vcpu.Cpu, vcpu.Callbacks, vcpu.Domain.Is32Bit);
        Bounce bounce = is32Bit
            ? new(EntryPoint.Syscall32, callbacks.Syscall32, callbacks.Syscall32MasksEvents, "SYSCALL", Selector: callbacks.Syscall32Selector)
            : new(EntryPoint.Syscall, callbacks.Syscall, callbacks.SyscallMasksEvents, "SYSCALL");
        if (bounce.Handler == 0)
        {
            cpu.Rip -= 2; // SYSCALL is 0F 05.
            Inject(vcpu, InvalidOpcode);
            return;
        }

        BounceFrame.Push(vcpu, bounce);
        cpu.Rflags &= ~RflagsBits.Direction;
    }

    /// <summary>
    /// SYSENTER, of the kernel too: the frame of an exception at the registered entry point, or that of a #GP. The processor
    /// keeps neither RIP nor RSP (sysenter_entry, xen/arch/x86/x86_64/entry.S).
    /// </summary>
    public static void EnterSysenter(Vcpu vcpu)
    {
        (Processor cpu, Callbacks callbacks, TrapInfo refused) = (vcpu.Cpu, vcpu.Callbacks, vcpu.Traps[GeneralProtectionFault]);
        ushort selector = callbacks.SysenterSelector > 3 ? callbacks.SysenterSelector : refused.Selector;
        Bounce bounce = callbacks.Sysenter != 0
            ? new(EntryPoint.Sysenter, callbacks.Sysenter, callbacks.SysenterMasksEvents, "SYSENTER", Selector: selector)
            : new((EntryPoint)GeneralProtectionFault, refused.Address, refused.MasksEvents, "SYSENTER without a callback", ErrorCode: 0, Selector: refused.Selector);
        (cpu.Rip, cpu[Gpr.Rsp]) = (0, 0);
        BounceFrame.Push(vcpu, bounce, NullSelector3, vcpu.Domain.Is32Bit ? Layout.FlatUserData32 : Layout.FlatData);
    }

    /// <summary>SYSCALL saves neither CS nor SS: what Xen goes on with, and reports, are the flat ones.</summary>
    public static void ForgetSegments(Vcpu vcpu)
    {
        bool is32Bit = vcpu.Domain.Is32Bit;
        SetFlat(vcpu.Cpu, SegmentRegister.Cs, is32Bit ? Layout.FlatUserCode32 : Layout.FlatCode64);
        SetFlat(vcpu.Cpu, SegmentRegister.Ss, is32Bit ? Layout.FlatUserData32 : Layout.FlatData);
    }

    /// <summary>A context that the processor refuses to go on with: the guest is entered for the exception, as if it had raised it there.</summary>
    public static void Reflect(Vcpu vcpu, ushort cs, ushort ss)
    {
        ReturnFault fault = ReturnFault.Of(vcpu, cs, ss, vcpu.Cpu.Rip) ?? throw new ArgumentException("the processor goes there", nameof(cs));
        if (fault is { Vector: GeneralProtectionFault, ErrorCode: 0 } && IsCodeMissing(vcpu, cs)) fault = MissingCode(vcpu);

        TrapInfo trap = vcpu.Traps[fault.Vector];
        string cause = Describe(vcpu, fault.Vector, fault.ErrorCode);
        BounceFrame.Push(vcpu, new((EntryPoint)fault.Vector, trap.Address, trap.MasksEvents, cause, fault.ErrorCode, Selector: trap.Selector), cs, ss);
    }

    /// <summary>Xen looks at the instruction, in case it is one to emulate, and cannot (pv_emulate_privileged_op()).</summary>
    private static bool IsCodeMissing(Vcpu vcpu, ushort cs) =>
        Descriptors.Read(vcpu, cs).IsCode && Layout.IsGuests(vcpu.Cpu.Rip) && !vcpu.TryRead(vcpu.Cpu.Rip, out byte _);

    private static ReturnFault MissingCode(Vcpu vcpu)
    {
        (vcpu.Control.Cr2, vcpu.Info.Cr2) = (vcpu.Cpu.Rip, vcpu.Cpu.Rip);
        return new(PageFault, vcpu.InKernelMode ? 0 : UserBit);
    }

    /// <summary>The trap that follows an emulated instruction while TF is set.</summary>
    public static void InjectSingleStep(Vcpu vcpu)
    {
        vcpu.Control.Debug[6] |= SingleStep;
        Inject(vcpu, Debug);
    }

    /// <summary>Enters the guest's handler of an exception.</summary>
    public static void Inject(Vcpu vcpu, byte vector, uint errorCode = 0) =>
        Enter(vcpu, vector, vector < 32 && (HaveErrorCode >> vector & 1) != 0 ? errorCode : null);

    private static void Enter(Vcpu vcpu, byte vector, uint? errorCode)
    {
        TrapInfo trap = vcpu.Traps[vector];
        string cause = Describe(vcpu, vector, errorCode);
        BounceFrame.Push(vcpu, new((EntryPoint)vector, trap.Address, trap.MasksEvents, cause, errorCode, Selector: trap.Selector));
    }

    private static void HandlePageFault(Vcpu vcpu, in CpuExit exit)
    {
        if (exit.Address is >= Layout.LocalTable and < Layout.LocalTableEnd && (exit.ErrorCode & UserBit) == 0)
        {
            HandleLdtFault(vcpu, (uint)(exit.Address - Layout.LocalTable), exit.ErrorCode);
            return;
        }

        if (WritablePageTables.TryEmulate(vcpu.Domain.Xen, vcpu, exit)) return;

        InjectPageFault(vcpu, exit.Address, exit.ErrorCode);
    }

    /// <summary>Enters the guest's handler of a page fault. Whatever the CPL, the guest is told its own idea of "user".</summary>
    public static void InjectPageFault(Vcpu vcpu, ulong linear, uint errorCode)
    {
        vcpu.Control.Cr2 = linear;
        vcpu.Info.Cr2 = linear;
        Inject(vcpu, PageFault, vcpu.InKernelMode ? errorCode & ~UserBit : errorCode | UserBit);
    }

    /// <summary>The processor looked for a descriptor in a page of the LDT that is not mapped (handle_ldt_mapping_fault()).</summary>
    private static void HandleLdtFault(Vcpu vcpu, uint offset, uint errorCode)
    {
        if (vcpu.Domain.Xen.PageTables.TryMapLdtPage(vcpu, (int)(offset >> PhysicalMemory.PageShift))) return;

        ulong linear = vcpu.Ldt.Linear + offset;
        if (Layout.IsCanonical(linear)) InjectPageFault(vcpu, linear, errorCode);
        else Inject(vcpu, GeneralProtectionFault, offset | LocalTableBit);
    }

    /// <summary>The status stays until the kernel clears it (do_debug(), xen/arch/x86/traps.c).</summary>
    private static void InjectDebug(Vcpu vcpu, uint status)
    {
        vcpu.Control.Debug[6] |= DebugStatusReset | status;
        Inject(vcpu, Debug);
    }

    /// <summary>A kernel counts as ring 1 here, even if it asked for the architectural IOPL (permit_softint()).</summary>
    private static bool IsPermitted(Vcpu vcpu, TrapInfo trap) => trap.Dpl >= (vcpu.InKernelMode ? 1 : 3);

    private static void SetFlat(Processor cpu, SegmentRegister register, ushort selector)
    {
        if (cpu.GetSelector(register) != selector) cpu.SetSelector(register, selector);
    }

    private static string Describe(Vcpu vcpu, byte vector, uint? errorCode)
    {
        string name = vector < Names.Length && Names[vector] is { } known ? known : $"vector {vector}";
        string code = errorCode is { } c ? $" with error code 0x{c:x}" : "";
        string address = vector == PageFault ? $" for address 0x{vcpu.Control.Cr2:x}" : "";
        return name + code + address;
    }
}
