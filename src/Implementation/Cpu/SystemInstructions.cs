using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Implementation.Cpu;

/// <summary>What leaves the guest (SYSCALL, SYSENTER, INT), what is privileged, and what CPL 3 may ask about the machine.</summary>
internal static unsafe class SystemInstructions
{
    private const ulong Cr4Tsd = 1 << 2, Cr4OsXsave = 1 << 18, EferSce = 1;

    public static void Register(InstructionTable table)
    {
        table.Add(Mnemonic.Syscall, BuildSyscall, Traits.None);
        table.Add(Mnemonic.Int, BuildInt, Traits.None);
        table.Add(Mnemonic.Int3, BuildInt, Traits.None);
        table.Add(Mnemonic.Int1, t => t.EmitTerminator(new(&DebugTrap)), Traits.None);
        table.Add(Mnemonic.Cpuid, t => t.Emit(new(&Cpuid)), Traits.None);
        table.Add(Mnemonic.Rdtsc, t => t.Emit(new(&ReadTsc)), Traits.None);
        table.Add(Mnemonic.Rdtscp, t => t.Emit(new(&ReadTscAndAux)), Traits.None);
        table.Add(Mnemonic.Xgetbv, t => t.Emit(new(&Xgetbv)), Traits.None);
        table.Add(Mnemonic.Xsetbv, t => t.EmitTerminator(new(&Xsetbv)), Traits.None);
        foreach (Mnemonic undefined in (Mnemonic[])[Mnemonic.Ud0, Mnemonic.Ud1, Mnemonic.Ud2])
            table.Add(undefined, t => t.EmitRaise(Vector.UD), Traits.None);
        foreach (Mnemonic absent in (Mnemonic[])[Mnemonic.Vmcall, Mnemonic.Vmmcall, Mnemonic.Vmlaunch, Mnemonic.Vmresume,
            Mnemonic.Vmxon, Mnemonic.Vmxoff, Mnemonic.Vmread, Mnemonic.Vmwrite, Mnemonic.Vmptrld, Mnemonic.Vmptrst,
            Mnemonic.Vmclear, Mnemonic.Vmrun, Mnemonic.Vmload, Mnemonic.Vmsave, Mnemonic.Stgi, Mnemonic.Clgi, Mnemonic.Skinit,
            Mnemonic.Invlpga, Mnemonic.Invept, Mnemonic.Invvpid, Mnemonic.Getsec, Mnemonic.Rsm, Mnemonic.Clac, Mnemonic.Stac,
            Mnemonic.Monitor, Mnemonic.Mwait])
            table.Add(absent, t => t.EmitRaise(Vector.UD), Traits.None);
        foreach (Mnemonic privileged in (Mnemonic[])[Mnemonic.Hlt, Mnemonic.Lgdt, Mnemonic.Lidt, Mnemonic.Lldt, Mnemonic.Ltr,
            Mnemonic.Lmsw, Mnemonic.Clts, Mnemonic.Rdmsr, Mnemonic.Wrmsr, Mnemonic.Invlpg, Mnemonic.Invpcid, Mnemonic.Invd,
            Mnemonic.Wbinvd, Mnemonic.Wbnoinvd, Mnemonic.Swapgs, Mnemonic.Sysexit, Mnemonic.Sysexitq])
            table.Add(privileged, t => t.EmitTerminator(new(&RaisePrivileged)), Traits.None);
        table.Add(Mnemonic.Sysret, BuildSysret, Traits.None);
        table.Add(Mnemonic.Sysretq, BuildSysret, Traits.None);
        table.Add(Mnemonic.Sysenter, t => t.EmitTerminator(new(&Sysenter)), Traits.None);
        table.Add(Mnemonic.Rdpmc, t => t.EmitTerminator(new(&RaisePrivileged)), Traits.None);
        foreach (Mnemonic port in (Mnemonic[])[Mnemonic.In, Mnemonic.Out, Mnemonic.Insb, Mnemonic.Insw, Mnemonic.Insd,
            Mnemonic.Outsb, Mnemonic.Outsw, Mnemonic.Outsd])
            table.Add(port, t => t.EmitTerminator(new(&RaisePrivileged)), Traits.None);
        TableRegisters.Register(table);
    }

    /// <summary>MOV to or from a control, debug or test register.</summary>
    public static bool TryBuildMov(Translator t)
    {
        if (!IsControl(t.Instruction.Op0Register) && !IsControl(t.Instruction.Op1Register)) return false;
        t.EmitTerminator(new(&RaisePrivileged));
        return true;
    }

    private static bool IsControl(Register register) => register.IsCR() || register.IsDR() || register.IsTR();

    /// <summary>Always raises Imm with error code Disp.</summary>
    public static Uop* RaiseAlways(CpuState* c, Uop* u) => Flow.Raise(c, u, (byte)u->Imm, (uint)u->Disp);

    /// <summary>#UD for a form that is not implemented; counted.</summary>
    public static Uop* RaiseUnimplemented(CpuState* c, Uop* u)
    {
        CpuState.ProcessorOf(c).CountUnimplemented((Code)u->Imm);
        return Flow.Raise(c, u, Vector.UD, 0);
    }

    /// <summary>
    /// #GP(0): at CPL 3 because the instruction is privileged, at CPL 0 because this machine has no device, MSR or descriptor
    /// table for it: the owner of the processor holds those, and sets them through the properties of <see cref="Processor"/>.
    /// </summary>
    /// <remarks>
    /// IN and OUT too, whatever IOPL says: there is no port, and the owner decides what reading one gives. RDPMC
    /// likewise.
    /// </remarks>
    private static Uop* RaisePrivileged(CpuState* c, Uop* u) => Flow.RaiseGeneralProtection(c, u);

    private static void BuildInt(Translator t)
    {
        t.U->Imm = t.Instruction.Mnemonic == Mnemonic.Int3 ? Vector.BP : t.Instruction.Immediate8;
        t.EmitTerminator(new(&SoftwareInterrupt));
    }

    private static Uop* SoftwareInterrupt(CpuState* c, Uop* u) => Interrupt(c, u, (byte)u->Imm);

    public static Uop* Interrupt(CpuState* c, Uop* u, byte vector)
    {
        c->Exit = ExitKind.SoftwareInterrupt;
        c->Vector = vector;
        c->ErrorCode = 0;
        c->ExitLength = u->Length;
        return Flow.Leave(c, u);
    }

    /// <summary>INT1: a #DB trap, so RIP is the next instruction's.</summary>
    private static Uop* DebugTrap(CpuState* c, Uop* u)
    {
        c->DebugStatus = 0;
        Flow.Record(c, Vector.DB, 0);
        return Flow.Leave(c, u);
    }

    /// <summary>SYSCALL exists in 64-bit code only, as on Intel's processors (SDM Vol. 2B, "SYSCALL").</summary>
    private static void BuildSyscall(Translator t)
    {
        if (t.Is64Bit) t.EmitTerminator(new(&Syscall));
        else t.EmitRaise(Vector.UD);
    }

    /// <summary>SYSRET too is of 64-bit code only, where it is privileged (SDM Vol. 2B, "SYSRET").</summary>
    private static void BuildSysret(Translator t)
    {
        if (t.Is64Bit) t.EmitTerminator(new(&RaisePrivileged));
        else t.EmitRaise(Vector.UD);
    }

    private static Uop* Syscall(CpuState* c, Uop* u)
    {
        if ((c->Efer & EferSce) == 0) return Flow.Raise(c, u, Vector.UD, 0);
        c->R[(int)Gpr.Rcx] = u->NextIp;
        c->R[(int)Gpr.R11] = FlagInstructions.Read(c) & ~RflagsBit.RF;
        c->Exit = ExitKind.Syscall;
        return Flow.Leave(c, u);
    }

    private static Uop* Sysenter(CpuState* c, Uop* u)
    {
        c->Exit = ExitKind.Sysenter;
        return Flow.Leave(c, u);
    }

    private static Uop* Cpuid(CpuState* c, Uop* u)
    {
        CpuidLeaf leaf = CpuState.ProcessorOf(c).Bus.Cpuid((uint)c->R[(int)Gpr.Rax], (uint)c->R[(int)Gpr.Rcx]);
        c->R[(int)Gpr.Rax] = leaf.Eax;
        c->R[(int)Gpr.Rbx] = leaf.Ebx;
        c->R[(int)Gpr.Rcx] = leaf.Ecx;
        c->R[(int)Gpr.Rdx] = leaf.Edx;
        return u[1].Run(c, u + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* ReadTsc(CpuState* c, Uop* u)
    {
        if ((c->Cr4 & Cr4Tsd) != 0 && c->Cpl != 0) return Flow.RaiseGeneralProtection(c, u);
        StoreTsc(c, u);
        return u[1].Run(c, u + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* ReadTscAndAux(CpuState* c, Uop* u)
    {
        if ((c->Cr4 & Cr4Tsd) != 0 && c->Cpl != 0) return Flow.RaiseGeneralProtection(c, u);
        StoreTsc(c, u);
        c->R[(int)Gpr.Rcx] = c->TscAux;
        return u[1].Run(c, u + 1);
    }

    /// <summary>
    /// The instructions retired before this one: the block is charged as a whole, so what is left of it is added back.
    /// </summary>
    private static void StoreTsc(CpuState* c, Uop* u)
    {
        ulong retired = c->Clock - (ulong)(c->Budget + u->Remaining);
        ulong tsc = c->TscOffset + retired;
        c->R[(int)Gpr.Rax] = (uint)tsc;
        c->R[(int)Gpr.Rdx] = tsc >> 32;
    }

    /// <summary>XGETBV: #UD unless the owner enabled it; XCR0 is x87 and SSE.</summary>
    private static Uop* Xgetbv(CpuState* c, Uop* u)
    {
        if ((c->Cr4 & Cr4OsXsave) == 0) return Flow.Raise(c, u, Vector.UD, 0);
        if ((uint)c->R[(int)Gpr.Rcx] != 0) return Flow.RaiseGeneralProtection(c, u);
        c->R[(int)Gpr.Rax] = 3;
        c->R[(int)Gpr.Rdx] = 0;
        return u[1].Run(c, u + 1);
    }

    /// <summary>XSETBV: privileged where it exists.</summary>
    private static Uop* Xsetbv(CpuState* c, Uop* u) =>
        (c->Cr4 & Cr4OsXsave) == 0 ? Flow.Raise(c, u, Vector.UD, 0) : Flow.RaiseGeneralProtection(c, u);
}
