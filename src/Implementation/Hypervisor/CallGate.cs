using Iced.Intel;
using Implementation.Cpu;

namespace Implementation.Hypervisor;

/// <summary>
/// Takes a 32-bit guest through a call gate of its own. The processor refuses every one, since the audit gives gates level 0:
/// in long mode gates are for 64-bit code. So the transfer is Xen's to make.
/// </summary>
/// <remarks>Facts: pv_emulate_gate_op(), xen/arch/x86/pv/emul-gate-op.c; the checks are the processor's (SDM Vol. 3A, 5.8.4).</remarks>
internal static class CallGate
{
    private const byte InvalidTaskSegment = 10, NotPresent = 11, StackFault = 12;
    private const int GateType = 0xc, MostParameters = 31;

    /// <summary>A gate as the guest meant it.</summary>
    /// <param name="Selector">of its target, without RPL</param>
    /// <param name="Offset">where in the target</param>
    /// <param name="Parameters">words to copy to an inner stack</param>
    private readonly record struct Gate(ushort Selector, uint Offset, int Parameters);

    /// <summary>Tries the instruction at EIP after a #GP that names a gate.</summary>
    /// <param name="error">the fault's error code: the gate's selector</param>
    /// <returns>whether it is done, or another fault injected; if not, the guest is to get the #GP</returns>
    public static bool TryEmulate(Vcpu vcpu, uint error)
    {
        if (!TryReadGate(vcpu, (ushort)error, out Gate gate, out int dpl, out bool isPresent) || dpl < vcpu.Cpu.Cpl) return false;
        if (!isPresent) return Refuse(vcpu, NotPresent, error);
        if (!PrivilegedInstructions.TryDecode(vcpu, out Instruction instruction)) return false;
        if (!TryReadOperand(vcpu, instruction, out ushort selector, out bool isJump)) return false;
        if ((selector & ~3) != error || dpl < (selector & 3)) return false;

        int cpl = vcpu.Cpu.Cpl;
        Descriptor target = Descriptors.Read(vcpu, gate.Selector);
        bool isWithin = isJump && !target.IsConforming ? target.Dpl == cpl : target.Dpl <= cpl;
        if (!target.IsCode || !isWithin) return Refuse(vcpu, TrapEntry.GeneralProtectionFault, gate.Selector);
        if (!target.IsPresent) return Refuse(vcpu, NotPresent, gate.Selector);
        if (gate.Offset > target.Limit) return Refuse(vcpu, TrapEntry.GeneralProtectionFault, 0);

        uint next = (uint)vcpu.Cpu.Rip + (uint)instruction.Length;
        if (isJump) Enter(vcpu, gate, cpl);
        else if (target.IsConforming || target.Dpl == cpl) return CallWithin(vcpu, gate, next);
        else return target.Dpl == 1 && CallInward(vcpu, gate, next);

        return true;
    }

    private static bool TryReadGate(Vcpu vcpu, ushort selector, out Gate gate, out int dpl, out bool isPresent)
    {
        (gate, dpl, isPresent) = (default, 0, false);
        // Beyond the limit there may be a page of an earlier table (XSA-298).
        if (selector >> 3 >= ((selector & 4) != 0 ? vcpu.Ldt.Entries : vcpu.GdtEntries)) return false;

        Descriptor d = Descriptors.Read(vcpu, selector);
        if (d.IsCodeOrData || d.Type != GateType || d.Dpl != 0) return false;

        ushort target = (ushort)(d.Raw >> 16);
        dpl = target & 3; // where the audit left it
        isPresent = d.IsPresent;
        gate = new((ushort)(target & ~3), (uint)(d.Raw & 0xffff | d.Raw >> 32 & 0xffff_0000), (int)(d.Raw >> 32) & MostParameters);
        return true;
    }

    /// <summary>The far pointer's selector: from the instruction itself, or from where it says in memory.</summary>
    private static bool TryReadOperand(Vcpu vcpu, in Instruction instruction, out ushort selector, out bool isJump)
    {
        isJump = instruction.FlowControl is FlowControl.UnconditionalBranch or FlowControl.IndirectBranch;
        selector = instruction.FarBranchSelector;
        switch (instruction.Code)
        {
            case Code.Call_ptr1616 or Code.Call_ptr1632 or Code.Jmp_ptr1616 or Code.Jmp_ptr1632:
                return true;
            case Code.Call_m1616 or Code.Call_m1632 or Code.Jmp_m1616 or Code.Jmp_m1632:
                int offsetSize = instruction.Code is Code.Call_m1632 or Code.Jmp_m1632 ? sizeof(uint) : sizeof(ushort);
                uint linear = (uint)instruction.GetVirtualAddress(0, 0, (register, _, _) => Value(vcpu, register)) + (uint)offsetSize;
                return vcpu.TryRead(linear, out selector);
            default:
                return false;
        }
    }

    private static ulong Value(Vcpu vcpu, Register register)
    {
        if (register.IsSegmentRegister())
            return Descriptors.Read(vcpu, vcpu.Cpu.GetSelector((SegmentRegister)(register - Register.ES))).Base;

        uint value = (uint)vcpu.Cpu[(Gpr)(register.GetFullRegister() - Register.RAX)];
        return register.GetSize() == sizeof(ushort) ? (ushort)value : value;
    }

    /// <summary>A call that stays in its ring: CS and EIP go onto the stack in use.</summary>
    private static bool CallWithin(Vcpu vcpu, Gate gate, uint next)
    {
        ushort ss = vcpu.Cpu.GetSelector(SegmentRegister.Ss);
        if (!TryPush(vcpu, ss, (uint)vcpu.Cpu[Gpr.Rsp], [next, vcpu.Cpu.GetSelector(SegmentRegister.Cs)], out uint esp))
            return Refuse(vcpu, StackFault, 0);

        vcpu.Cpu[Gpr.Rsp] = esp;
        Enter(vcpu, gate, vcpu.Cpu.Cpl);
        return true;
    }

    /// <summary>A call from an application to the kernel, on the kernel's stack, with the caller's SS, ESP and parameters on it.</summary>
    private static bool CallInward(Vcpu vcpu, Gate gate, uint next)
    {
        Processor cpu = vcpu.Cpu;
        ushort stack = vcpu.KernelStackSelector;
        Descriptor d = Descriptors.Read(vcpu, stack);
        if ((stack & 3) != 1 || d.Dpl != 1 || !d.IsWritableData) return Refuse(vcpu, InvalidTaskSegment, (uint)stack & ~3u);

        Span<uint> frame = stackalloc uint[4 + gate.Parameters];
        (frame[0], frame[1]) = (next, cpu.GetSelector(SegmentRegister.Cs));
        (frame[^2], frame[^1]) = ((uint)cpu[Gpr.Rsp], cpu.GetSelector(SegmentRegister.Ss));
        uint from = Descriptors.Read(vcpu, cpu.GetSelector(SegmentRegister.Ss)).Base + (uint)cpu[Gpr.Rsp];
        if (!vcpu.TryRead(from, System.Runtime.InteropServices.MemoryMarshal.AsBytes(frame[2..^2]))) return false;
        if (!d.IsPresent || !TryPush(vcpu, stack, (uint)vcpu.KernelStackPointer, frame, out uint esp))
            return Refuse(vcpu, StackFault, (uint)stack & ~3u);

        cpu[Gpr.Rsp] = esp;
        cpu.Cpl = 1;
        cpu.SetSelector(SegmentRegister.Ss, stack);
        Enter(vcpu, gate, cpl: 1);
        return true;
    }

    /// <summary>Puts words onto a stack, the first of them lowest.</summary>
    private static bool TryPush(Vcpu vcpu, ushort stack, uint top, ReadOnlySpan<uint> words, out uint bottom)
    {
        Descriptor d = Descriptors.Read(vcpu, stack);
        uint bytes = (uint)(words.Length * sizeof(uint));
        bottom = top - bytes;
        return bottom < top && top - 1 <= d.Limit
            && vcpu.TryWrite((ulong)d.Base + bottom, System.Runtime.InteropServices.MemoryMarshal.AsBytes(words));
    }

    private static void Enter(Vcpu vcpu, Gate gate, int cpl)
    {
        vcpu.Cpu.SetSelector(SegmentRegister.Cs, (ushort)(gate.Selector | cpl));
        vcpu.Cpu.Rip = gate.Offset;
        vcpu.Cpu.Rflags &= ~RflagsBits.Resume;
    }

    private static bool Refuse(Vcpu vcpu, byte vector, uint error)
    {
        TrapEntry.Inject(vcpu, vector, error);
        return true;
    }
}
