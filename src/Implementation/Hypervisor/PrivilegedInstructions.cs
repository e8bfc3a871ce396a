using Iced.Intel;
using Implementation.Cpu;
using Implementation.Memory;

namespace Implementation.Hypervisor;

/// <summary>
/// Carries out the privileged instructions that Xen carries out for a guest. They raise #GP outside ring 0; whatever is not named
/// here goes to the guest as that #GP.
/// </summary>
/// <remarks>Facts: xen/arch/x86/pv/emul-priv-op.c and the list measured in pv-abi 4.4.</remarks>
internal static class PrivilegedInstructions
{
    private const int LongestInstruction = 15;

    /// <summary>UD2 and "xen": asks for the CPUID that follows to be answered by Xen instead of by the processor.</summary>
    private static ReadOnlySpan<byte> ForcedCpuid => [0x0f, 0x0b, 0x78, 0x65, 0x6e, 0x0f, 0xa2];

    /// <summary>Tries the instruction at RIP; the registers are as the fault left them.</summary>
    /// <returns>whether it is done; if not, nothing has changed and the guest gets the fault.</returns>
    public static bool TryEmulate(Vcpu vcpu)
    {
        if (!TryDecode(vcpu, out Instruction instruction)) return false;
        if (PortStrings.IsOne(instruction)) return PortStrings.TryEmulate(vcpu, instruction);
        if (!TryExecute(vcpu, instruction)) return false;

        Complete(vcpu, instruction.Length);
        return true;
    }

    /// <summary>Goes on behind an instruction that was carried out.</summary>
    /// <param name="length">in bytes; 0: it is to be executed again</param>
    internal static void Complete(Vcpu vcpu, int length)
    {
        vcpu.Cpu.Rip = (vcpu.Cpu.Rip + (ulong)length) & MaxWord(vcpu);
        bool isTraced = (vcpu.Cpu.Rflags & RflagsBits.Trap) != 0;
        vcpu.Cpu.Rflags &= ~RflagsBits.Resume;
        if (isTraced) TrapEntry.InjectSingleStep(vcpu);
    }

    /// <summary>The forced CPUID, from kernel or user mode.</summary>
    public static bool TryEmulateForced(Vcpu vcpu)
    {
        Span<byte> code = stackalloc byte[ForcedCpuid.Length];
        if (!vcpu.TryRead(CodeAddress(vcpu), code) || !code.SequenceEqual(ForcedCpuid)) return false;

        Processor cpu = vcpu.Cpu;
        CpuidLeaf leaf = CpuidPolicy.Answer(vcpu.Domain.Kind, (uint)cpu[Gpr.Rax], (uint)cpu[Gpr.Rcx]);
        (cpu[Gpr.Rax], cpu[Gpr.Rbx], cpu[Gpr.Rcx], cpu[Gpr.Rdx]) = (leaf.Eax, leaf.Ebx, leaf.Ecx, leaf.Edx);
        cpu.Rip += (ulong)ForcedCpuid.Length;
        cpu.Rflags &= ~RflagsBits.Resume;
        return true;
    }

    private static bool TryExecute(Vcpu vcpu, in Instruction instruction) => instruction.Mnemonic switch
    {
        Mnemonic.In or Mnemonic.Out => PortIo.TryExecute(vcpu, instruction),
        Mnemonic.Cli or Mnemonic.Sti => PortIo.HasIopl(vcpu), // Without effect: the event mask is the guest's interrupt flag.
        _ when !vcpu.InKernelMode => false,
        Mnemonic.Clts => Clts(vcpu),
        Mnemonic.Wbinvd => true,
        Mnemonic.Rdmsr => ReadMsr(vcpu),
        Mnemonic.Rdtsc or Mnemonic.Rdtscp => ReadTsc(vcpu, instruction.Mnemonic == Mnemonic.Rdtscp),
        Mnemonic.Wrmsr => Msrs.TryWrite(vcpu, (uint)vcpu.Cpu[Gpr.Rcx], EdxEax(vcpu.Cpu)),
        Mnemonic.Mov => Move(vcpu, instruction),
        _ => false,
    };

    private static bool Clts(Vcpu vcpu)
    {
        FpuState.SetTaskSwitched(vcpu, false);
        return true;
    }

    /// <summary>The kernel reads the counter that it forbade its programs (CR4.TSD).</summary>
    private static bool ReadTsc(Vcpu vcpu, bool withAux)
    {
        (vcpu.Cpu[Gpr.Rax], vcpu.Cpu[Gpr.Rdx]) = ((uint)vcpu.Now, vcpu.Now >> 32);
        if (withAux) vcpu.Cpu[Gpr.Rcx] = vcpu.Cpu.TscAux;
        return true;
    }

    private static bool ReadMsr(Vcpu vcpu)
    {
        if (!Msrs.TryRead(vcpu, (uint)vcpu.Cpu[Gpr.Rcx], out ulong value))
        {
            // Before the kernel can take the #GP, an unknown register reads as 0; it would otherwise crash the domain.
            if (vcpu.Traps[TrapEntry.GeneralProtectionFault].Address != 0) return false;
            value = 0;
        }

        vcpu.Cpu[Gpr.Rax] = (uint)value;
        vcpu.Cpu[Gpr.Rdx] = value >> 32;
        return true;
    }

    private static bool Move(Vcpu vcpu, in Instruction instruction)
    {
        (Register to, Register from) = (instruction.Op0Register, instruction.Op1Register);
        ulong mask = MaxWord(vcpu);
        if (to.IsCR()) return TryWriteControl(vcpu, to, vcpu.Cpu[General(from)] & mask);
        if (to.IsDR()) return DebugRegisters.Write(vcpu, (ulong)(to - Register.DR0), vcpu.Cpu[General(from)] & mask) == 0;

        ulong value;
        if (from.IsCR())
        {
            if (!TryReadControl(vcpu, from, out value)) return false;
        }
        else if (!from.IsDR() || !DebugRegisters.TryRead(vcpu, (ulong)(from - Register.DR0), out value))
        {
            return false;
        }

        vcpu.Cpu[General(to)] = value & mask;
        return true;
    }

    private static bool TryReadControl(Vcpu vcpu, Register register, out ulong value)
    {
        ControlRegisters control = vcpu.Control;
        (bool isKnown, value) = register switch
        {
            Register.CR0 => (true, ControlRegisters.HostCr0 | (control.IsTaskSwitched ? ControlRegisters.TaskSwitched : 0)),
            Register.CR2 => (true, control.Cr2),
            Register.CR3 => (true, vcpu.Domain.Is32Bit ? FoldedCr3.Make(vcpu.KernelRootMfn) : vcpu.KernelRootMfn << PhysicalMemory.PageShift),
            Register.CR4 => (true, control.Cr4),
            _ => (false, 0UL),
        };
        return isKnown;
    }

    private static bool TryWriteControl(Vcpu vcpu, Register register, ulong value)
    {
        switch (register)
        {
            case Register.CR0 when (value & ~ControlRegisters.TaskSwitched) == ControlRegisters.HostCr0:
                FpuState.SetTaskSwitched(vcpu, (value & ControlRegisters.TaskSwitched) != 0);
                return true;
            case Register.CR2:
                vcpu.Control.Cr2 = value;
                vcpu.Info.Cr2 = value;
                return true;
            case Register.CR3:
                ulong root = vcpu.Domain.Is32Bit ? FoldedCr3.Mfn((uint)value) : value >> PhysicalMemory.PageShift;
                return TryLoadRoot(vcpu, root);
            case Register.CR4:
                vcpu.SetCr4(value);
                return true;
            default:
                return false;
        }
    }

    /// <summary>What MMUEXT_NEW_BASEPTR does.</summary>
    private static bool TryLoadRoot(Vcpu vcpu, ulong mfn)
    {
        Xen xen = vcpu.Domain.Xen;
        xen.Observer?.RootEmulating(vcpu, mfn);
        long rc = xen.PageTables.Complete(() => xen.PageTables.NewBase(vcpu, mfn));
        xen.Observer?.RootEmulated(vcpu, mfn, rc);
        return rc == 0;
    }

    /// <summary>Decodes the instruction at the vCPU's next address.</summary>
    internal static bool TryDecode(Vcpu vcpu, out Instruction instruction)
    {
        // The instruction may end just before a page that is not there.
        ulong rip = CodeAddress(vcpu);
        byte[] code = new byte[LongestInstruction];
        int onPage = Math.Min(LongestInstruction, PhysicalMemory.PageSize - (int)(rip & (PhysicalMemory.PageSize - 1)));
        instruction = default;
        if (!vcpu.TryRead(rip, code.AsSpan(0, onPage))) return false;

        int length = onPage;
        if (onPage < LongestInstruction && vcpu.TryRead(rip + (ulong)onPage, code.AsSpan(onPage))) length = LongestInstruction;

        Decoder decoder = Decoder.Create(CodeBits(vcpu), new ByteArrayCodeReader(code, 0, length), rip);
        decoder.Decode(out instruction);
        return !instruction.IsInvalid;
    }

    /// <summary>Linear address of the next instruction.</summary>
    private static ulong CodeAddress(Vcpu vcpu) =>
        CodeSegment(vcpu) is { IsLong: false } code ? (uint)(code.Base + vcpu.Cpu.Rip) : vcpu.Cpu.Rip;

    /// <summary>The word of the code that is running, which a pv64 guest may have 32 bits wide too.</summary>
    private static ulong MaxWord(Vcpu vcpu) => CodeBits(vcpu) == 64 ? ulong.MaxValue : uint.MaxValue;

    /// <summary>16, 32 or 64.</summary>
    internal static int CodeBits(Vcpu vcpu) => CodeSegment(vcpu) switch
    {
        { IsLong: true } => 64,
        { IsBig: true } => 32,
        _ => 16,
    };

    private static Descriptor CodeSegment(Vcpu vcpu) => Descriptors.Read(vcpu, vcpu.Cpu.GetSelector(SegmentRegister.Cs));

    private static ulong EdxEax(Processor cpu) => (uint)cpu[Gpr.Rax] | cpu[Gpr.Rdx] << 32;

    private static Gpr General(Register register) => (Gpr)(register.GetFullRegister() - Register.RAX);
}
