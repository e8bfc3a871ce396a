using System.Buffers.Binary;
using Implementation.Cpu;
using Implementation.Hypervisor;

namespace Implementation.Hypercalls;

/// <summary>iret (23): returns from a bounce frame, possibly to user mode.</summary>
internal static class Iret
{
    private const int FrameSize = 72;
    private const ulong InSyscall = 1 << 8;

    /// <summary>The nine words at RSP, lowest first: rax, r11, rcx, flags, rip, cs, rflags, rsp, ss; untrusted.</summary>
    /// <returns>the RAX of the context returned to</returns>
    public static long Handle(Xen xen, Vcpu v, in HypercallRegisters r)
    {
        if (v.Domain.Is32Bit) return Iret32.Handle(v);

        Processor cpu = v.Cpu;
        Span<byte> frame = stackalloc byte[FrameSize];
        if (!v.TryRead(cpu[Gpr.Rsp], frame))
        {
            v.Domain.Crash($"{BounceFrame.Context(v)}: iret cannot read its frame at 0x{cpu[Gpr.Rsp]:x}");
            return 0;
        }

        (ulong flags, ulong rip, ulong rflags, ulong rsp) = (Word(frame, 3), Word(frame, 4), Word(frame, 6), Word(frame, 7));
        (ushort cs, ushort ss) = ((ushort)Word(frame, 5), (ushort)Word(frame, 8));
        bool toUser = (cs & 3) == 3;
        if (toUser && v.UserRootMfn == 0)
        {
            v.Domain.Crash($"{BounceFrame.Context(v)}: iret to user mode without user page tables");
            return 0;
        }

        if (toUser) v.SwitchMode(toKernel: false);

        if (v.Domain.Assists.HasFlag(VmAssist.ArchitecturalIopl)) v.Iopl = (int)((rflags & RflagsBits.Iopl) >> 12);
        cpu.Rip = rip;
        cpu[Gpr.Rsp] = rsp;
        cpu.Rflags = rflags & ~(RflagsBits.Iopl | RflagsBits.Virtual8086) | RflagsBits.InterruptEnable | RflagsBits.Reserved;
        // A context left by SYSCALL expects its RIP and RFLAGS in RCX and R11, as SYSRET leaves them.
        bool wasSyscall = (flags & InSyscall) != 0;
        cpu[Gpr.Rcx] = wasSyscall ? rip : Word(frame, 2);
        cpu[Gpr.R11] = wasSyscall ? rflags : Word(frame, 1);
        v.Info.UpcallMask = (rflags & RflagsBits.InterruptEnable) == 0;
        if (wasSyscall && Layout.IsCanonical(rip)) LoadFlat(v, cs);
        else LoadSegments(v, (ushort)(cs | 3), (ushort)(ss | 3));
        return unchecked((long)Word(frame, 0));
    }

    /// <summary>SYSRET loads no selectors but those of the flat segments, to code of 32 bits if the frame names just that.</summary>
    private static void LoadFlat(Vcpu v, ushort cs)
    {
        bool isCompatible = cs == Layout.UserCode32;
        if (isCompatible) v.Cpu.Rip = (uint)v.Cpu.Rip;
        v.Cpu.SetSelector(SegmentRegister.Cs, isCompatible ? cs : Layout.FlatCode64);
        v.Cpu.SetSelector(SegmentRegister.Ss, Layout.FlatData);
        v.Cpu.Rflags &= ~RflagsBits.Resume;
    }

    /// <summary>CS and SS of the new context. Where the processor would fault on them or on RIP, the guest is told of that.</summary>
    private static void LoadSegments(Vcpu v, ushort cs, ushort ss)
    {
        if (ReturnFault.Of(v, cs, ss, v.Cpu.Rip) is not null)
        {
            TrapEntry.Reflect(v, cs, ss);
            return;
        }

        v.Cpu.Rip = ReturnFault.AddressIn(Descriptors.Read(v, cs), v.Cpu.Rip);
        v.Cpu.SetSelector(SegmentRegister.Cs, cs);
        v.Cpu.SetSelector(SegmentRegister.Ss, ss);
    }

    private static ulong Word(ReadOnlySpan<byte> frame, int index) => BinaryPrimitives.ReadUInt64LittleEndian(frame[(index * 8)..]);
}
