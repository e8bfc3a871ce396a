using System.Numerics;
using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Implementation.Cpu;

/// <summary>BOUND, ARPL, INTO and SALC, which 64-bit mode lacks.</summary>
internal static unsafe class LegacyInstructions
{
    public static void Register(InstructionTable table)
    {
        table.Add(Mnemonic.Bound, BuildBound, Traits.None);
        table.Add(Mnemonic.Arpl, t => t.Emit(Choose.Binary<ArplChooser>(t)));
        table.Add(Mnemonic.Into, t => t.EmitTerminator(new(&InterruptOnOverflow)), Traits.None);
        table.Add(Mnemonic.Salc, t => t.Emit(new(&SetFromCarry)));
    }

    private static void BuildBound(Translator t)
    {
        t.U->Dst = Translator.Offset(t.Instruction.Op0Register);
        t.Emit(t.OperandBytes(0) == 2 ? Choose.Memory<BoundChooser<short>>(t) : Choose.Memory<BoundChooser<int>>(t));
    }

    private readonly struct BoundChooser<T> : IAddressingChooser where T : unmanaged, IBinaryInteger<T>
    {
        public static Handler For<TAddressing>(Translator t) where TAddressing : IAddressing => new(&CheckBound<T, TAddressing>);
    }

    private readonly struct ArplChooser : IBinaryChooser
    {
        public static Handler For<T, TDest, TSrc>(Translator t)
            where T : unmanaged, IBinaryInteger<T> where TDest : IOperand where TSrc : IOperand => new(&RaisePrivilege<TDest, TSrc>);
    }

    /// <summary>BOUND: #BR where a signed index lies outside the two bounds in memory, which are read one after the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* CheckBound<T, TAddressing>(CpuState* c, Uop* u)
        where T : unmanaged, IBinaryInteger<T> where TAddressing : IAddressing
    {
        T* lower = Mem<TAddressing>.Read<T>(c, u);
        if (lower == null) return Flow.Fault(c, u);
        T index = *Dst.Read<T>(c, u), least = *lower;
        ulong further = (ulong)sizeof(T);
        if (!TAddressing.Allows(c, u, sizeof(T), AccessKind.Read, further)) return Flow.Fault(c, u);
        T* upper = MemoryAccess.Read<T>(c, TAddressing.Linear(c, u, further), u->Segment);
        if (upper == null) return Flow.Fault(c, u);
        if (index < least || index > *upper) return Flow.Raise(c, u, Vector.BR, 0);
        return u[1].Run(c, u + 1);
    }

    /// <summary>ARPL: a selector's RPL becomes no less than that of another; ZF says whether it had been.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* RaisePrivilege<TDest, TSrc>(CpuState* c, Uop* u) where TDest : IOperand where TSrc : IOperand
    {
        ushort* dest = TDest.Read<ushort>(c, u);
        if (TDest.IsMemory && dest == null) return Flow.Fault(c, u);
        int rpl = *TSrc.Read<ushort>(c, u) & 3;
        if ((*dest & 3) >= rpl)
        {
            Flags.Replace(c, RflagsBit.ZF, 0);
            return u[1].Run(c, u + 1);
        }

        dest = TDest.Modify<ushort>(c, u); // What is not changed need not be writable.
        if (TDest.IsMemory && dest == null) return Flow.Fault(c, u);
        TDest.Put(dest, (ushort)(*dest & ~3 | rpl));
        Flags.Replace(c, RflagsBit.ZF, RflagsBit.ZF);
        if (TDest.IsMemory && MemoryAccess.IsStaged(c, dest)) return Flow.Commit(c, u);
        return u[1].Run(c, u + 1);
    }

    /// <summary>INTO: vector 4 as by INT n.</summary>
    private static Uop* InterruptOnOverflow(CpuState* c, Uop* u)
    {
        if ((Flags.Get(c) & RflagsBit.OF) == 0) return Flow.Fall(c, u);
        return SystemInstructions.Interrupt(c, u, Vector.OF);
    }

    /// <summary>SALC: AL ← CF in every bit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* SetFromCarry(CpuState* c, Uop* u)
    {
        *(byte*)&c->R[(int)Gpr.Rax] = Flags.Carry(c) ? byte.MaxValue : (byte)0;
        return u[1].Run(c, u + 1);
    }
}
