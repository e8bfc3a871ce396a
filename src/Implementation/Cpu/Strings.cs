using System.Numerics;
using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Implementation.Cpu;

/// <summary>One string instruction.</summary>
internal unsafe interface IStringOperation
{
    /// <summary>CMPS and SCAS: a repetition also ends by ZF.</summary>
    static virtual bool Compares => false;

    /// <summary>One iteration with its register updates, except RCX.</summary>
    /// <returns>false after recording a fault, with nothing changed</returns>
    static abstract bool Step<T>(CpuState* c, Uop* u) where T : unmanaged, IBinaryInteger<T>;

    /// <summary>
    /// As many iterations as one page run allows, at most <paramref name="limit"/>; 0 when one must be stepped.
    /// </summary>
    static virtual ulong Bulk<T>(CpuState* c, Uop* u, ulong limit) where T : unmanaged, IBinaryInteger<T> => 0;
}

internal readonly unsafe struct Movs : IStringOperation
{
    public static bool Step<T>(CpuState* c, Uop* u) where T : unmanaged, IBinaryInteger<T>
    {
        T* src = Strings.Source<T>(c, u);
        return src != null && Strings.Store(c, u, *src) && Strings.Advance<T>(c, u, Gpr.Rsi) && Strings.Advance<T>(c, u, Gpr.Rdi);
    }

    public static ulong Bulk<T>(CpuState* c, Uop* u, ulong limit) where T : unmanaged, IBinaryInteger<T>
    {
        ulong from = Strings.SourceAddress(c, u), to = Strings.DestinationAddress(c, u);
        TlbEntry* read = Tlb.Slot(c, from), write = Tlb.Slot(c, to);
        if ((c->ControlFlags & RflagsBit.DF) != 0
            || (from & Tlb.PageMask) != read->Read || (to & Tlb.PageMask) != write->Write) return 0;

        ulong n = Math.Min(limit, Math.Min(Strings.ElementsInPage<T>(from), Strings.ElementsInPage<T>(to)));
        byte* src = (byte*)((long)from + read->Addend), dest = (byte*)((long)to + write->Addend);
        long bytes = (long)n * sizeof(T);
        if (dest > src && dest < src + bytes)
        {
            // Overlapping forward: each element is read after the ones before it were written.
            for (ulong i = 0; i < n; i++) ((T*)dest)[i] = ((T*)src)[i];
        }
        else
        {
            Buffer.MemoryCopy(src, dest, bytes, bytes);
        }

        Strings.Add(c, u, Gpr.Rsi, (ulong)bytes);
        Strings.Add(c, u, Gpr.Rdi, (ulong)bytes);
        return n;
    }
}

internal readonly unsafe struct Stos : IStringOperation
{
    public static bool Step<T>(CpuState* c, Uop* u) where T : unmanaged, IBinaryInteger<T> =>
        Strings.Store(c, u, *(T*)&c->R[(int)Gpr.Rax]) && Strings.Advance<T>(c, u, Gpr.Rdi);

    public static ulong Bulk<T>(CpuState* c, Uop* u, ulong limit) where T : unmanaged, IBinaryInteger<T>
    {
        ulong to = Strings.DestinationAddress(c, u);
        TlbEntry* write = Tlb.Slot(c, to);
        if ((c->ControlFlags & RflagsBit.DF) != 0 || (to & Tlb.PageMask) != write->Write) return 0;

        ulong n = Math.Min(limit, Strings.ElementsInPage<T>(to));
        new Span<T>((T*)((long)to + write->Addend), (int)n).Fill(*(T*)&c->R[(int)Gpr.Rax]);
        Strings.Add(c, u, Gpr.Rdi, n * (ulong)sizeof(T));
        return n;
    }
}

internal readonly unsafe struct Lods : IStringOperation
{
    public static bool Step<T>(CpuState* c, Uop* u) where T : unmanaged, IBinaryInteger<T>
    {
        T* src = Strings.Source<T>(c, u);
        if (src == null) return false;
        Dst.Put((T*)&c->R[(int)Gpr.Rax], *src);
        return Strings.Advance<T>(c, u, Gpr.Rsi);
    }
}

internal readonly unsafe struct Cmps : IStringOperation
{
    public static bool Compares => true;

    public static bool Step<T>(CpuState* c, Uop* u) where T : unmanaged, IBinaryInteger<T>
    {
        T* first = Strings.Source<T>(c, u);
        if (first == null) return false;
        T a = *first; // The second read may reuse the stage.
        T* second = Strings.Destination<T>(c, u);
        if (second == null) return false;
        Flags.Record<Difference, T>(c, a, *second, unchecked(a - *second));
        return Strings.Advance<T>(c, u, Gpr.Rsi) && Strings.Advance<T>(c, u, Gpr.Rdi);
    }
}

internal readonly unsafe struct Scas : IStringOperation
{
    public static bool Compares => true;

    public static bool Step<T>(CpuState* c, Uop* u) where T : unmanaged, IBinaryInteger<T>
    {
        T* src = Strings.Destination<T>(c, u);
        if (src == null) return false;
        T a = *(T*)&c->R[(int)Gpr.Rax];
        Flags.Record<Difference, T>(c, a, *src, unchecked(a - *src));
        return Strings.Advance<T>(c, u, Gpr.Rdi);
    }
}

/// <summary>MOVS, STOS, LODS, CMPS, SCAS, alone and repeated.</summary>
/// <remarks>
/// Each iteration counts as one retired instruction, and a repetition with RCX = 0 as one. A repetition can stop after any
/// iteration (a fault, the end of the budget, a store to code) with RCX, RSI and RDI exact and RIP at the instruction.
/// In the micro-op, Imm is the mask of the address size, Segment the source's and Base the destination's, and Disp says
/// whether they restrict anything.
/// </remarks>
internal static unsafe class Strings
{
    private enum Repeat { None, WhileEqual, WhileNotEqual }

    public static void Register(InstructionTable table)
    {
        Add<Movs>(table, Mnemonic.Movsb, Mnemonic.Movsw, Mnemonic.Movsd, Mnemonic.Movsq);
        Add<Stos>(table, Mnemonic.Stosb, Mnemonic.Stosw, Mnemonic.Stosd, Mnemonic.Stosq);
        Add<Lods>(table, Mnemonic.Lodsb, Mnemonic.Lodsw, Mnemonic.Lodsd, Mnemonic.Lodsq);
        Add<Cmps>(table, Mnemonic.Cmpsb, Mnemonic.Cmpsw, Mnemonic.Cmpsd, Mnemonic.Cmpsq);
        Add<Scas>(table, Mnemonic.Scasb, Mnemonic.Scasw, Mnemonic.Scasd, Mnemonic.Scasq);
    }

    private static void Add<TOp>(InstructionTable table, Mnemonic b, Mnemonic w, Mnemonic d, Mnemonic q)
        where TOp : IStringOperation
    {
        table.Add(b, Build<TOp, byte>, Traits.MayKeepFlags);
        table.Add(w, Build<TOp, ushort>, Traits.MayKeepFlags);
        table.Add(d, Build<TOp, uint>, Traits.MayKeepFlags);
        table.Add(q, Build<TOp, ulong>, Traits.MayKeepFlags);
    }

    private static void Build<TOp, T>(Translator t) where TOp : IStringOperation where T : unmanaged, IBinaryInteger<T>
    {
        ref readonly Instruction i = ref t.Instruction;
        if (!i.IsStringInstruction)
        {
            t.EmitUnimplemented(); // MOVSD and CMPSD are also names of SSE2 instructions.
            return;
        }

        t.U->Imm = (long)AddressMask(i);
        if (!t.Is64Bit || i.MemorySegment is Iced.Intel.Register.FS or Iced.Intel.Register.GS)
            t.U->Segment = CpuState.SegmentBaseOffset((SegmentRegister)(i.MemorySegment - Iced.Intel.Register.ES));
        if (!t.Is64Bit) t.U->Base = CpuState.EsBase;
        t.U->Disp = t.Is64Bit || t.IsUnrestricted ? 0 : 1;
        t.U->Scale = (byte)(i.HasRepnePrefix ? Repeat.WhileNotEqual : i.HasRepPrefix ? Repeat.WhileEqual : Repeat.None);
        if (i.HasRepPrefix || i.HasRepnePrefix) t.EmitTerminator(new(&ExecuteRepeated<TOp, T>));
        else t.Emit(new(&Execute<TOp, T>));
    }

    private static ulong AddressMask(in Instruction i)
    {
        for (int k = 0; k < i.OpCount; k++)
        {
            switch (i.GetOpKind(k))
            {
                case OpKind.MemorySegSI or OpKind.MemorySegDI or OpKind.MemoryESDI: return ushort.MaxValue;
                case OpKind.MemorySegESI or OpKind.MemorySegEDI or OpKind.MemoryESEDI: return uint.MaxValue;
            }
        }

        return ulong.MaxValue;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Execute<TOp, T>(CpuState* c, Uop* u) where TOp : IStringOperation where T : unmanaged, IBinaryInteger<T>
    {
        if (!TOp.Step<T>(c, u)) return Flow.Fault(c, u);
        if (c->CodeChanged) return Flow.Leave(c, u);
        return u[1].Run(c, u + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* ExecuteRepeated<TOp, T>(CpuState* c, Uop* u)
        where TOp : IStringOperation where T : unmanaged, IBinaryInteger<T>
    {
        ulong left = c->R[(int)Gpr.Rcx] & (ulong)u->Imm;
        if (left == 0) return Flow.Fall(c, u);

        ulong allowed = (ulong)c->Budget + 1, done = 0; // One is charged already.
        while (true)
        {
            ulong n = u->Disp != 0 ? 0 : TOp.Bulk<T>(c, u, Math.Min(left, allowed - done));
            if (n == 0)
            {
                if (!TOp.Step<T>(c, u))
                {
                    c->Budget -= (long)done;
                    return Flow.Fault(c, u);
                }

                n = 1;
            }

            left -= n;
            done += n;
            Set(c, u, Gpr.Rcx, left);
            if (left == 0 || (TOp.Compares && Conditions.Hold<IfZero>(c) == (u->Scale == (byte)Repeat.WhileNotEqual)))
            {
                c->Budget -= (long)done - 1;
                return Flow.Fall(c, u);
            }

            if (done == allowed || c->CodeChanged)
            {
                c->Budget -= (long)done - 1;
                c->Rip = u->Ip;
                return Flow.Stop;
            }
        }
    }

    public static ulong Index(CpuState* c, Uop* u, Gpr register) => c->R[(int)register] & (ulong)u->Imm;

    public static ulong SourceAddress(CpuState* c, Uop* u) =>
        (Index(c, u, Gpr.Rsi) + CpuState.At<ulong>(c, u->Segment)) & c->LinearMask;

    public static ulong DestinationAddress(CpuState* c, Uop* u) =>
        (Index(c, u, Gpr.Rdi) + CpuState.At<ulong>(c, u->Base)) & c->LinearMask;

    public static T* Source<T>(CpuState* c, Uop* u) where T : unmanaged
    {
        if (u->Disp != 0 && !Segments.Allows(c, u->Segment, (uint)Index(c, u, Gpr.Rsi), sizeof(T), AccessKind.Read)) return null;
        return MemoryAccess.Read<T>(c, SourceAddress(c, u), u->Segment);
    }

    /// <summary>What ES:RDI points at, to be read.</summary>
    public static T* Destination<T>(CpuState* c, Uop* u) where T : unmanaged
    {
        if (u->Disp != 0 && !Segments.Allows(c, u->Base, (uint)Index(c, u, Gpr.Rdi), sizeof(T), AccessKind.Read)) return null;
        return MemoryAccess.Read<T>(c, DestinationAddress(c, u), u->Base);
    }

    public static bool Store<T>(CpuState* c, Uop* u, T value) where T : unmanaged
    {
        if (u->Disp != 0 && !Segments.Allows(c, u->Base, (uint)Index(c, u, Gpr.Rdi), sizeof(T), AccessKind.Write)) return false;
        T* dest = MemoryAccess.Modify<T>(c, DestinationAddress(c, u), u->Base);
        if (dest == null) return false;
        *dest = value;
        if (MemoryAccess.IsStaged(c, dest)) MemoryAccess.CommitStaged(c);
        return true;
    }

    /// <summary>Moves RSI or RDI by one element, in the direction of DF.</summary>
    public static bool Advance<T>(CpuState* c, Uop* u, Gpr register) where T : unmanaged
    {
        Add(c, u, register, (ulong)((c->ControlFlags & RflagsBit.DF) != 0 ? -sizeof(T) : sizeof(T)));
        return true;
    }

    public static void Add(CpuState* c, Uop* u, Gpr register, ulong bytes) =>
        Set(c, u, register, (c->R[(int)register] + bytes) & (ulong)u->Imm);

    /// <summary>Writes a count or index of the address size: 16 bits leave the rest of the register alone.</summary>
    private static void Set(CpuState* c, Uop* u, Gpr register, ulong value) =>
        c->R[(int)register] = u->Imm == ushort.MaxValue ? c->R[(int)register] & ~0xFFFFUL | value : value;

    /// <summary>Whole elements from an address to the end of its page.</summary>
    public static ulong ElementsInPage<T>(ulong linear) where T : unmanaged => (4096 - (linear & 4095)) / (ulong)sizeof(T);
}
