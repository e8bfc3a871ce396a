using System.Numerics;
using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Implementation.Cpu;

/// <summary>IRET, far RET, and far JMP and CALL through memory, between 64-bit code segments of one privilege.</summary>
/// <remarks>
/// A transfer to another privilege or to compatibility mode is not implemented: #GP with the selector, and counted as
/// unimplemented. At CPL 3 a transfer to another privilege is refused on hardware too.
/// </remarks>
internal static unsafe class FarTransfers
{
    public static void Register(InstructionTable table)
    {
        table.Add(Mnemonic.Iretq, t => t.EmitTerminator(new(&Iret<ulong>)), Traits.None);
        table.Add(Mnemonic.Iretd, t => t.EmitTerminator(new(&Iret<uint>)), Traits.None);
        table.Add(Mnemonic.Iret, t => t.EmitTerminator(new(&Iret<ushort>)), Traits.None);
        table.Add(Mnemonic.Retf, BuildRetf, Traits.None);
    }

    /// <summary>Far JMP or CALL; the pointer is in memory, for the direct form does not exist in 64-bit mode.</summary>
    public static void BuildIndirect(Translator t, bool isCall)
    {
        if (t.Instruction.Op0Kind != OpKind.Memory)
        {
            t.EmitRaise(Vector.UD);
            return;
        }

        t.Memory();
        bool narrow = t.Addressing == Addressing.Narrow;
        int offsetBytes = t.OperandBytes(0) - 2;
        t.EmitTerminator((isCall, offsetBytes) switch
        {
            (false, 2) => narrow ? new(&Jump<ushort, Narrow>) : new(&Jump<ushort, Based>),
            (false, 4) => narrow ? new(&Jump<uint, Narrow>) : new(&Jump<uint, Based>),
            (false, _) => narrow ? new(&Jump<ulong, Narrow>) : new(&Jump<ulong, Based>),
            (true, 2) => narrow ? new(&Call<ushort, Narrow>) : new(&Call<ushort, Based>),
            (true, 4) => narrow ? new(&Call<uint, Narrow>) : new(&Call<uint, Based>),
            _ => narrow ? new(&Call<ulong, Narrow>) : new(&Call<ulong, Based>),
        });
    }

    private static void BuildRetf(Translator t)
    {
        ref readonly Instruction i = ref t.Instruction;
        t.U->Imm = i.OpCount > 0 ? i.Immediate16 : 0;
        t.EmitTerminator(i.Code switch
        {
            Code.Retfq or Code.Retfq_imm16 => new(&Return<ulong>),
            Code.Retfd or Code.Retfd_imm16 => new(&Return<uint>),
            _ => new(&Return<ushort>),
        });
    }

    /// <summary>Reads one stack slot of the frame being popped.</summary>
    private static bool TryPeek<T>(CpuState* c, int slot, out ulong value) where T : unmanaged, IBinaryInteger<T>
    {
        T* p = MemoryAccess.Read<T>(c, c->R[(int)Gpr.Rsp] + (ulong)(slot * sizeof(T)), CpuState.SsBase);
        value = p == null ? 0 : ulong.CreateTruncating(*p);
        return p != null;
    }

    /// <summary>IRET in 64-bit mode always pops RIP, CS, RFLAGS, RSP and SS (SDM Vol. 2A, "IRET/IRETD/IRETQ").</summary>
    private static Uop* Iret<T>(CpuState* c, Uop* u) where T : unmanaged, IBinaryInteger<T>
    {
        if ((c->ControlFlags & RflagsBit.NT) != 0) return Flow.RaiseGeneralProtection(c, u);
        if (!TryPeek<T>(c, 0, out ulong rip) || !TryPeek<T>(c, 1, out ulong cs) || !TryPeek<T>(c, 2, out ulong flags)
            || !TryPeek<T>(c, 3, out ulong rsp) || !TryPeek<T>(c, 4, out ulong ss)) return Flow.Fault(c, u);
        if (!TryCheckReturn(c, (ushort)cs, out Descriptor code) || !TryCheckStack(c, (ushort)ss, out Descriptor stack))
            return Flow.Fault(c, u);
        if (!PageWalk.IsCanonical(rip)) return Flow.RaiseGeneralProtection(c, u);

        Segments.SetHidden(c, SegmentRegister.Cs, (ushort)cs, code);
        Segments.SetHidden(c, SegmentRegister.Ss, (ushort)ss, stack);
        FlagInstructions.Pop(c, flags, sizeof(T) == 2 ? 0xFFFF : ulong.MaxValue);
        c->R[(int)Gpr.Rsp] = rsp;
        c->Rip = rip;
        return Flow.Stop;
    }

    private static Uop* Return<T>(CpuState* c, Uop* u) where T : unmanaged, IBinaryInteger<T>
    {
        if (!TryPeek<T>(c, 0, out ulong rip) || !TryPeek<T>(c, 1, out ulong cs)) return Flow.Fault(c, u);
        if (!TryCheckReturn(c, (ushort)cs, out Descriptor code)) return Flow.Fault(c, u);
        if (!PageWalk.IsCanonical(rip)) return Flow.RaiseGeneralProtection(c, u);

        Segments.SetHidden(c, SegmentRegister.Cs, (ushort)cs, code);
        c->R[(int)Gpr.Rsp] += 2 * (ulong)sizeof(T) + (ulong)u->Imm;
        c->Rip = rip;
        return Flow.Stop;
    }

    private static bool TryReadPointer<T, TAddressing>(CpuState* c, Uop* u, out ulong rip, out ushort selector)
        where T : unmanaged, IBinaryInteger<T> where TAddressing : IAddressing
    {
        rip = selector = 0;
        ulong linear = TAddressing.Linear(c, u);
        T* offset = MemoryAccess.Read<T>(c, linear, u->Segment);
        if (offset == null) return false;
        rip = ulong.CreateTruncating(*offset);
        ushort* cs = MemoryAccess.Read<ushort>(c, linear + (ulong)sizeof(T), u->Segment);
        if (cs == null) return false;
        selector = *cs;
        return true;
    }

    private static Uop* Jump<T, TAddressing>(CpuState* c, Uop* u)
        where T : unmanaged, IBinaryInteger<T> where TAddressing : IAddressing
    {
        if (!TryReadPointer<T, TAddressing>(c, u, out ulong rip, out ushort cs)) return Flow.Fault(c, u);
        if (!TryCheckTransfer(c, cs, out Descriptor code)) return Flow.Fault(c, u);
        if (!PageWalk.IsCanonical(rip)) return Flow.RaiseGeneralProtection(c, u);
        Segments.SetHidden(c, SegmentRegister.Cs, (ushort)(cs & ~3 | c->Cpl), code);
        c->Rip = rip;
        return Flow.Stop;
    }

    private static Uop* Call<T, TAddressing>(CpuState* c, Uop* u)
        where T : unmanaged, IBinaryInteger<T> where TAddressing : IAddressing
    {
        if (!TryReadPointer<T, TAddressing>(c, u, out ulong rip, out ushort cs)) return Flow.Fault(c, u);
        if (!TryCheckTransfer(c, cs, out Descriptor code)) return Flow.Fault(c, u);
        if (!PageWalk.IsCanonical(rip)) return Flow.RaiseGeneralProtection(c, u);

        ulong top = c->R[(int)Gpr.Rsp] - 2 * (ulong)sizeof(T);
        if (!MemoryAccess.Probe(c, top, 2 * sizeof(T), AccessKind.Write, CpuState.SsBase)) return Flow.Fault(c, u);
        if (!Stack.Store(c, top + (ulong)sizeof(T), T.CreateTruncating(c->Selector[(int)SegmentRegister.Cs]))
            || !Stack.Store(c, top, T.CreateTruncating(u->NextIp))) return Flow.Fault(c, u);
        c->R[(int)Gpr.Rsp] = top;
        Segments.SetHidden(c, SegmentRegister.Cs, (ushort)(cs & ~3 | c->Cpl), code);
        c->Rip = rip;
        return Flow.Stop;
    }

    /// <summary>The checks of a code segment that IRET and RET return to.</summary>
    private static bool TryCheckReturn(CpuState* c, ushort selector, out Descriptor code)
    {
        code = Segments.Peek(c, selector);
        uint error = (uint)(selector & ~3);
        int rpl = selector & 3;
        if (Descriptor.IsNull(selector)) return Segments.Refuse(c, Vector.GP, 0);
        if (!code.IsCode || rpl < c->Cpl || (code.IsConforming ? code.Dpl > rpl : code.Dpl != rpl))
            return Segments.Refuse(c, Vector.GP, error);
        if (!code.IsPresent) return Segments.Refuse(c, Vector.NP, error);
        return IsSameMode(c, code, rpl, "return to another privilege or to compatibility mode")
            || Segments.Refuse(c, Vector.GP, error);
    }

    /// <summary>The checks of a code segment that far JMP and CALL go to. Gates are not implemented.</summary>
    private static bool TryCheckTransfer(CpuState* c, ushort selector, out Descriptor code)
    {
        code = Segments.Peek(c, selector);
        uint error = (uint)(selector & ~3);
        if (Descriptor.IsNull(selector)) return Segments.Refuse(c, Vector.GP, 0);
        if (!code.IsCodeOrData && code.Type == 12) CpuState.ProcessorOf(c).CountUnimplemented("far transfer through a call gate");
        if (!code.IsCode || (code.IsConforming ? code.Dpl > c->Cpl : (selector & 3) > c->Cpl || code.Dpl != c->Cpl))
            return Segments.Refuse(c, Vector.GP, error);
        if (!code.IsPresent) return Segments.Refuse(c, Vector.NP, error);
        return IsSameMode(c, code, c->Cpl, "far transfer to compatibility mode") || Segments.Refuse(c, Vector.GP, error);
    }

    private static bool IsSameMode(CpuState* c, Descriptor code, int privilege, string otherwise)
    {
        if (code.IsLong && code.IsBig) return false; // reserved
        if (code.IsLong && privilege == c->Cpl) return true;
        CpuState.ProcessorOf(c).CountUnimplemented(otherwise);
        return false;
    }

    /// <summary>
    /// The checks of the stack segment that IRET returns to, at the privilege of the code segment just checked.
    /// </summary>
    private static bool TryCheckStack(CpuState* c, ushort selector, out Descriptor stack)
    {
        stack = Segments.Peek(c, selector);
        uint error = (uint)(selector & ~3);
        int rpl = selector & 3;
        if (Descriptor.IsNull(selector)) return (c->Cpl != 3 && rpl == c->Cpl) || Segments.Refuse(c, Vector.GP, 0);
        if (rpl != c->Cpl || !stack.IsWritableData || stack.Dpl != c->Cpl) return Segments.Refuse(c, Vector.GP, error);
        return stack.IsPresent || Segments.Refuse(c, Vector.SS, error);
    }
}
