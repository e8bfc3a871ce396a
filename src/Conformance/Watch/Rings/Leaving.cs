using Conformance.Bridge;
using Implementation.Cpu;
using Implementation.Hypervisor;
using Model.Rings;
using Segments = Conformance.Bridge.Segments;

namespace Conformance.Watch.Rings;

/// <summary>A processor leaves guest code: what the guest made of its registers must be what steps of guests make of them, and then Xen is entered.</summary>
internal static class Leaving
{
    private const ulong InterruptFlag = 1 << 9, Iopl = 3 << 12, Nested = 1 << 14, Virtual8086 = 1 << 17;

    /// <summary>What Xen says of a code selector that it does not know: null, of level 3.</summary>
    private const ushort UnknownCode = 3;

    /// <summary>Where Xen has the LDT of a vCPU: LDT_VIRT_START, xen/arch/x86/include/asm/config.h.</summary>
    private const ulong LocalTable = 0xffff_8200_0001_0000, LocalTableEnd = LocalTable + 0x1_0000;

    private const byte GeneralProtection = 13, PageFault = 14, InvalidOpcode = 6, Breakpoint = 3, Overflow = 4, HypercallVector = 0x82;

    /// <summary>Bits of error codes: the vector is of INT n; of page faults, the access was a program's.</summary>
    private const uint IdtBit = 1 << 1, UserBit = 1 << 2;

    /// <summary>SYSCALL is 0F 05.</summary>
    private const ulong SyscallLength = 2;

    public static void Explain(VcpuRings r, in CpuExit exit)
    {
        r.Trip.Begin(r.Vcpu);
        r.Ledger.Trips++;
        r.Take(RingStep.RunOn, r.Steps.RunOn(r.V, r.Cpu.Rip), r.Cpu.Rip);
        ExplainCode(r);
        ExplainData(r);
        ExplainFlags(r);
        if (r.S.Sp[r.V].Value != r.Cpu[Gpr.Rsp]) r.Take(RingStep.MoveStack, r.Steps.MoveStack(r.V, r.Cpu[Gpr.Rsp]), r.Cpu[Gpr.Rsp]);
        Enter(r, exit);
    }

    private static void ExplainCode(VcpuRings r)
    {
        ushort cs = r.Cpu.GetSelector(SegmentRegister.Cs);
        int cpl = r.Cpu.Cpl, was = (int)r.S.Cpl[r.V].Value;
        if (cs != r.Trip.Selector(SegmentRegister.Cs))
        {
            int position = Segments.Position(cs);
            DescriptorFacts code = r.Read(cs);
            if (code.IsConforming && code.Level <= cpl) r.World.Conform(r.V, position, cpl);
            // Where it entered the segment is behind it: there is some address that it can have been.
            if (cpl == was) r.Take(RingStep.FarTransfer, r.Steps.FarTransfer(r.V, position, 0), cs);
            else r.Take(RingStep.ReturnOutwards, r.Steps.ReturnOutwards(r.V, position, cpl, 0), cs, (ulong)cpl);
            r.Steps.RunOn(r.V, r.Cpu.Rip);
            r.Trip.SetSelector(SegmentRegister.Cs, cs);
        }

        r.Same("privilege level", r.S.Cpl[r.V].Value, (ulong)cpl);
        r.Same("privilege level in CS", (ulong)cpl, (ulong)(cs & 3));
    }

    private static void ExplainData(VcpuRings r)
    {
        bool hasChanged = false;
        foreach (SegmentRegister register in VcpuRings.Data) hasChanged |= Load(r, register);
        if (Load(r, SegmentRegister.Ss) | hasChanged) Selectors.Drop(r);
    }

    private static bool Load(VcpuRings r, SegmentRegister register)
    {
        ushort selector = r.Cpu.GetSelector(register);
        if (selector == r.Trip.Selector(register)) return false;

        r.Trip.SetSelector(register, selector);
        if (!Segments.IsNull(selector)) Selectors.Load(r, selector);
        return true;
    }

    private static void ExplainFlags(VcpuRings r)
    {
        ulong flags = r.Trip.Flags;
        bool isInterruptible = (flags & InterruptFlag) != 0, hasIopl = (flags & Iopl) != 0, isNested = (flags & Nested) != 0;
        if (isNested != r.S.Nested[r.V] || isInterruptible != r.S.Interruptible[r.V] || hasIopl != r.S.RealIopl[r.V])
            r.Take(RingStep.PopFlags, r.Steps.PopFlags(r.V, isInterruptible, hasIopl, isNested), flags);

        r.Same("IF", r.S.Interruptible[r.V], isInterruptible);
        r.Same("IOPL", r.S.RealIopl[r.V], hasIopl);
        r.Same("VM", r.S.Virtual8086[r.V], (flags & Virtual8086) != 0);
        Masks(r, r.Vcpu.Info.UpcallMask);
    }

    /// <summary>Any vCPU of the domain may have written the mask; that this one did is as good.</summary>
    public static void Masks(VcpuRings r, bool isMasked)
    {
        if (isMasked != r.S.Masked[r.V]) r.Take(RingStep.MaskEvents, r.Steps.MaskEvents(r.V, r.V, isMasked));
    }

    private static void Enter(VcpuRings r, in CpuExit exit)
    {
        switch (exit.Reason)
        {
            case ExitReason.Syscall:
                EnterBySyscall(r);
                break;
            case ExitReason.SoftwareInterrupt:
                EnterByInterrupt(r, exit);
                break;
            case ExitReason.Sysenter:
                EnterBySysenter(r);
                break;
            case ExitReason.Exception:
                Owe(r, exit.Vector, Reported(r, exit));
                r.Trip.IsTableFault = exit.Vector == PageFault && exit.Address is >= LocalTable and < LocalTableEnd;
                if (exit.Vector is GeneralProtection or InvalidOpcode) r.Trip.ReadCode(r.Vcpu, CodeAddress(r));
                r.Take(RingStep.Trap, r.Steps.Trap(r.V), exit.Vector);
                break;
            default:
                r.Take(RingStep.Trap, r.Steps.Trap(r.V));
                break;
        }
    }

    /// <summary>64-bit code has no base, 32-bit code of a 64-bit guest does.</summary>
    private static ulong CodeAddress(VcpuRings r) =>
        r.S.Long[r.V] ? r.Cpu.Rip : (uint)(r.Read(r.Trip.Selector(SegmentRegister.Cs)).Base + r.Cpu.Rip);

    /// <summary>The error code that the kernel is to find: of a page fault it says whether the vCPU was in user mode, whatever its level.</summary>
    private static uint Reported(VcpuRings r, in CpuExit exit) => exit.Vector switch
    {
        PageFault when r.InKernel => exit.ErrorCode & ~UserBit,
        PageFault => exit.ErrorCode | UserBit,
        _ => exit.ErrorCode,
    };

    private static void EnterBySyscall(VcpuRings r)
    {
        int callback = (int)(r.Is32 ? EntryPoint.Syscall32 : EntryPoint.Syscall);
        bool isHypercall = r.InKernel && !r.Is32;
        if (isHypercall)
        {
            r.Trip.Owed = Owed.Hypercall;
            r.Trip.IsFast = true;
        }
        else if (r.S.Handler.Empty(r.V, callback, null))
        {
            // The instruction does not exist then, so the vCPU is still before it.
            r.Take(RingStep.RunOn, r.Steps.RunOn(r.V, r.Cpu.Rip - SyscallLength), r.Cpu.Rip - SyscallLength);
            Owe(r, InvalidOpcode, null);
        }
        else
        {
            Owe(r, callback, null);
        }

        ForgetSegments(r);
        r.Take(RingStep.Syscall, r.Steps.Syscall(r.V));
        r.Take(RingStep.SwitchStack, r.Steps.SwitchStack(r.V));
    }

    /// <summary>SYSCALL saves no selectors, so that for the guest it is as if it had been in the flat segments.</summary>
    private static void ForgetSegments(VcpuRings r)
    {
        (ushort cs, ushort ss) = r.Is32 ? (Segments.FlatUserCode32, Segments.FlatUserData32) : (Segments.FlatCode64, Segments.FlatStack64);
        if (r.Trip.Selector(SegmentRegister.Cs) != cs)
        {
            ulong ip = r.S.Ip[r.V].Value;
            r.Take(RingStep.FarTransfer, r.Steps.FarTransfer(r.V, Segments.Position(cs), 0), cs);
            r.Steps.RunOn(r.V, ip);
        }

        r.Trip.SetSelector(SegmentRegister.Cs, cs);
        r.Trip.SetSelector(SegmentRegister.Ss, ss);
    }

    /// <summary>SYSENTER keeps neither where it was nor the stack pointer (SDM Vol. 2B, "SYSENTER").</summary>
    private static void EnterBySysenter(VcpuRings r)
    {
        r.Take(RingStep.RunOn, r.Steps.RunOn(r.V, 0));
        r.Take(RingStep.MoveStack, r.Steps.MoveStack(r.V, 0));
        if (r.S.Handler.Empty(r.V, (int)EntryPoint.Sysenter, null)) Owe(r, GeneralProtection, 0);
        else Owe(r, (int)EntryPoint.Sysenter, null);
        r.Trip.SetSelector(SegmentRegister.Cs, UnknownCode);
        r.Trip.SetSelector(SegmentRegister.Ss, r.Is32 ? Segments.FlatUserData32 : Segments.FlatStack64);
        r.Take(RingStep.Sysenter, r.Steps.Sysenter(r.V));
    }

    private static void EnterByInterrupt(VcpuRings r, in CpuExit exit)
    {
        int vector = exit.Vector;
        if (vector == HypercallVector && r.Is32 && r.InKernel)
        {
            r.Trip.Owed = Owed.Hypercall;
            r.Take(RingStep.Trap, r.Steps.Trap(r.V), HypercallVector);
        }
        else if (vector is Breakpoint or Overflow)
        {
            Owe(r, vector, null);
            r.Take(RingStep.Trap, r.Steps.Trap(r.V), exit.Vector);
        }
        else if (r.Try(RingStep.Interrupt, r.Steps.Interrupt(r.V, vector), exit.Vector))
        {
            Owe(r, vector, null); // Whatever the vector, INT pushes no error code (SDM Vol. 3A, 6.13).
        }
        else
        {
            ulong at = r.Cpu.Rip - (ulong)exit.InstructionLength;
            r.Take(RingStep.RunOn, r.Steps.RunOn(r.V, at), at);
            Owe(r, GeneralProtection, ((uint)vector * 8) + IdtBit);
            r.Take(RingStep.Trap, r.Steps.Trap(r.V), GeneralProtection);
        }
    }

    private static void Owe(VcpuRings r, int entry, uint? errorCode)
    {
        (r.Trip.Owed, r.Trip.Entry) = (Owed.Entry, entry);
        r.Trip.ErrorCode = BounceLayout.HasErrorCode(entry) ? errorCode : null;
    }
}
