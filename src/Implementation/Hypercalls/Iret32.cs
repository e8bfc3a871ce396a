using Implementation.Cpu;
using Implementation.Hypervisor;

namespace Implementation.Hypercalls;

/// <summary>iret (23) of a 32-bit domain: returns from a bounce frame, with the event mask that EFLAGS.IF asks for.</summary>
/// <remarks>compat_iret(), xen/arch/x86/pv/iret.c.</remarks>
internal static class Iret32
{
    /// <summary>The words at ESP, lowest first: eax, eip, cs, eflags, and to ring 2 or 3 esp, ss; untrusted.</summary>
    /// <returns>the EAX of the context returned to</returns>
    public static long Handle(Vcpu v)
    {
        Processor cpu = v.Cpu;
        uint at = (uint)cpu[Gpr.Rsp];
        Span<byte> bytes = stackalloc byte[6 * sizeof(uint)];
        Span<byte> inner = bytes[..(4 * sizeof(uint))], outer = bytes[inner.Length..];
        if (!v.TryRead(at, inner)) return Crash(v, at);

        MemberReader members = new(bytes, v.Domain.Abi);
        (uint eax, uint eip, ushort cs, uint eflags) = (members.Int(), members.Int(), (ushort)members.Int(), members.Int());
        uint esp = at + (uint)inner.Length;
        ushort ss = cpu.GetSelector(SegmentRegister.Ss);
        if ((eflags & RflagsBits.Virtual8086) != 0) return RefuseVirtual8086(v, at, eflags);
        if ((cs & 3) == 0) return Crash(v, at);
        if ((cs & 2) != 0)
        {
            if (!v.TryRead(esp, outer)) return Crash(v, at);
            (esp, ss) = (members.Int(), (ushort)members.Int());
        }

        LoadFlags(v, eflags);
        cpu.Rip = eip;
        cpu[Gpr.Rsp] = esp;
        v.Info.UpcallMask = (eflags & RflagsBits.InterruptEnable) == 0;
        GuestEntry.Return(v, cs, ss);
        return eax;
    }

    private static void LoadFlags(Vcpu v, uint eflags)
    {
        if (v.Domain.Assists.HasFlag(VmAssist.ArchitecturalIopl)) v.Iopl = (int)((eflags & RflagsBits.Iopl) >> 12);
        v.Cpu.Rflags = (eflags & ~RflagsBits.Iopl) | RflagsBits.InterruptEnable | RflagsBits.Reserved;
    }

    /// <summary>There is no virtual-8086 mode: the guest gets #GP, as if on the first instruction there, its frame on the kernel stack.</summary>
    /// <remarks>Ten words: those of this call's frame, with the error code in the place of EAX.</remarks>
    private static long RefuseVirtual8086(Vcpu v, uint at, uint eflags)
    {
        Span<byte> frame = stackalloc byte[10 * sizeof(uint)];
        uint to = (uint)v.KernelStackPointer - (uint)frame.Length;
        if (!v.TryRead(at, frame)) return Crash(v, at);

        MemberReader members = new(frame, v.Domain.Abi);
        uint eax = members.Int();
        frame[..sizeof(uint)].Clear();
        if (!v.TryWrite(to, frame)) return Crash(v, at);

        LoadFlags(v, eflags & ~(uint)BounceFrame.ClearedFlags);
        TrapInfo trap = v.Traps[TrapEntry.GeneralProtectionFault];
        v.Cpu.Rip = (uint)trap.Address;
        v.Cpu[Gpr.Rsp] = to;
        v.Info.UpcallMask = trap.MasksEvents || (eflags & RflagsBits.InterruptEnable) == 0;
        if (GuestEntry.TryLoad(v, trap.Selector, v.KernelStackSelector, v.Cpu.Rip)) v.Domain.Xen.Observer?.FramePushed(v, (EntryPoint)TrapEntry.GeneralProtectionFault, to);
        else TrapEntry.Reflect(v, trap.Selector, v.KernelStackSelector);
        return eax;
    }

    private static long Crash(Vcpu v, uint at)
    {
        v.Domain.Crash($"{BounceFrame.Context(v)}: iret cannot return by its frame at 0x{at:x}");
        return 0;
    }
}
