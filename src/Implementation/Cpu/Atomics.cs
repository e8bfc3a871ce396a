using System.Numerics;
using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Implementation.Cpu;

/// <summary>XCHG, XADD, CMPXCHG, CMPXCHG8B, CMPXCHG16B.</summary>
/// <remarks>
/// The machine runs one instruction at a time, so LOCK needs nothing. All of these need write access even where they end up
/// not changing memory (SDM, "CMPXCHG": the destination is written in either case).
/// </remarks>
internal static unsafe class Atomics
{
    public static void Register(InstructionTable table)
    {
        table.Add(Mnemonic.Xchg, BuildXchg);
        table.Add(Mnemonic.Xadd, t => t.Emit(Choose.Binary<XaddChooser>(t)));
        table.Add(Mnemonic.Cmpxchg, t => t.Emit(Choose.Binary<CompareExchangeChooser>(t)));
        table.Add(Mnemonic.Cmpxchg8b, t => BuildDouble<uint>(t));
        table.Add(Mnemonic.Cmpxchg16b, t => BuildDouble<ulong>(t));
    }

    private static void BuildXchg(Translator t)
    {
        // The memory operand is operand 0 in Iced's order whatever the encoding.
        t.Emit(Choose.Binary<XchgChooser>(t));
    }

    private readonly struct XchgChooser : IBinaryChooser
    {
        public static Handler For<T, TDest, TSrc>(Translator t)
            where T : unmanaged, IBinaryInteger<T> where TDest : IOperand where TSrc : IOperand => new(&Exchange<T, TDest>);
    }

    private readonly struct XaddChooser : IBinaryChooser
    {
        public static Handler For<T, TDest, TSrc>(Translator t)
            where T : unmanaged, IBinaryInteger<T> where TDest : IOperand where TSrc : IOperand => new(&ExchangeAdd<T, TDest>);
    }

    private readonly struct CompareExchangeChooser : IBinaryChooser
    {
        public static Handler For<T, TDest, TSrc>(Translator t)
            where T : unmanaged, IBinaryInteger<T> where TDest : IOperand where TSrc : IOperand =>
                new(&CompareExchange<T, TDest>);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Exchange<T, TDest>(CpuState* c, Uop* u) where T : unmanaged where TDest : IOperand
    {
        T* dest = TDest.Modify<T>(c, u);
        if (TDest.IsMemory && dest == null) return Flow.Fault(c, u);
        T* src = Src.Modify<T>(c, u);
        T a = *dest, b = *src;
        Src.Put(src, a);
        TDest.Put(dest, b);
        if (TDest.IsMemory && MemoryAccess.IsStaged(c, dest)) return Flow.Commit(c, u);
        return u[1].Run(c, u + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* ExchangeAdd<T, TDest>(CpuState* c, Uop* u) where T : unmanaged, IBinaryInteger<T> where TDest : IOperand
    {
        T* dest = TDest.Modify<T>(c, u);
        if (TDest.IsMemory && dest == null) return Flow.Fault(c, u);
        T* src = Src.Modify<T>(c, u);
        T a = *dest, b = *src, r = unchecked(a + b);
        Src.Put(src, a);
        TDest.Put(dest, r);
        Flags.Record<Sum, T>(c, a, b, r);
        if (TDest.IsMemory && MemoryAccess.IsStaged(c, dest)) return Flow.Commit(c, u);
        return u[1].Run(c, u + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* CompareExchange<T, TDest>(CpuState* c, Uop* u)
        where T : unmanaged, IBinaryInteger<T> where TDest : IOperand
    {
        T* dest = TDest.Modify<T>(c, u);
        if (TDest.IsMemory && dest == null) return Flow.Fault(c, u);
        T* accumulator = (T*)&c->R[(int)Gpr.Rax];
        T a = *accumulator, b = *dest, src = *Src.Read<T>(c, u);
        if (a == b) TDest.Put(dest, src);
        else Dst.Put(accumulator, b);
        Flags.Record<Difference, T>(c, a, b, unchecked(a - b));
        if (TDest.IsMemory && MemoryAccess.IsStaged(c, dest)) return Flow.Commit(c, u);
        return u[1].Run(c, u + 1);
    }

    private static void BuildDouble<T>(Translator t) where T : unmanaged, IBinaryInteger<T> =>
        t.Emit(Choose.Memory<DoubleChooser<T>>(t));

    private readonly struct DoubleChooser<T> : IAddressingChooser where T : unmanaged, IBinaryInteger<T>
    {
        public static Handler For<TAddressing>(Translator t) where TAddressing : IAddressing =>
            new(&CompareExchangeDouble<T, TAddressing>);
    }

    /// <summary>CMPXCHG8B and CMPXCHG16B; the latter wants its operand aligned (#GP). Only ZF changes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* CompareExchangeDouble<T, TAddressing>(CpuState* c, Uop* u)
        where T : unmanaged, IBinaryInteger<T> where TAddressing : IAddressing
    {
        ulong linear = TAddressing.Linear(c, u);
        if (sizeof(T) == 8 && (linear & 15) != 0) return Flow.RaiseGeneralProtection(c, u);
        T* dest = (T*)Mem<TAddressing>.Modify<Pair<T>>(c, u);
        if (dest == null) return Flow.Fault(c, u);

        T* low = (T*)&c->R[(int)Gpr.Rax], high = (T*)&c->R[(int)Gpr.Rdx];
        bool equal = dest[0] == *low && dest[1] == *high;
        if (equal)
        {
            dest[0] = *(T*)&c->R[(int)Gpr.Rbx];
            dest[1] = *(T*)&c->R[(int)Gpr.Rcx];
        }
        else
        {
            Dst.Put(low, dest[0]);
            Dst.Put(high, dest[1]);
        }

        Flags.Replace(c, RflagsBit.ZF, equal ? RflagsBit.ZF : 0);
        if (MemoryAccess.IsStaged(c, dest)) return Flow.Commit(c, u);
        return u[1].Run(c, u + 1);
    }

    [InlineArray(2)]
    private struct Pair<T> where T : unmanaged
    {
        private T _element;
    }
}
