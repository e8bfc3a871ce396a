using System.Numerics;
using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Implementation.Cpu;

/// <summary>An operation to which CF is a third operand. Its flags are computed at once.</summary>
internal interface ICarryOperation
{
    static abstract T Compute<T>(T dest, T src, T carry) where T : unmanaged, IBinaryInteger<T>;

    /// <summary>A number whose most significant bit is the carry or borrow out.</summary>
    static abstract T Carries<T>(T dest, T src, T r) where T : unmanaged, IBinaryInteger<T>;

    /// <summary>A number whose most significant bit is OF.</summary>
    static abstract T Overflows<T>(T dest, T src, T r) where T : unmanaged, IBinaryInteger<T>;
}

/// <summary>ADC: DEST ← DEST + SRC + CF.</summary>
internal readonly struct Adc : ICarryOperation
{
    public static T Compute<T>(T dest, T src, T carry) where T : unmanaged, IBinaryInteger<T> => unchecked(dest + src + carry);

    public static T Carries<T>(T dest, T src, T r) where T : unmanaged, IBinaryInteger<T> => (dest & src) | ((dest | src) & ~r);

    public static T Overflows<T>(T dest, T src, T r) where T : unmanaged, IBinaryInteger<T> => (dest ^ r) & (src ^ r);
}

/// <summary>SBB: DEST ← DEST − (SRC + CF).</summary>
internal readonly struct Sbb : ICarryOperation
{
    public static T Compute<T>(T dest, T src, T carry) where T : unmanaged, IBinaryInteger<T> => unchecked(dest - src - carry);

    public static T Carries<T>(T dest, T src, T r) where T : unmanaged, IBinaryInteger<T> => (~dest & src) | ((~dest | src) & r);

    public static T Overflows<T>(T dest, T src, T r) where T : unmanaged, IBinaryInteger<T> => (dest ^ src) & (dest ^ r);
}

/// <summary>ADC and SBB in all their forms.</summary>
internal static unsafe class CarryArithmetic
{
    public static void Register(InstructionTable table)
    {
        table.Add(Mnemonic.Adc, t => t.Emit(Choose.Binary<Chooser<Adc>>(t)));
        table.Add(Mnemonic.Sbb, t => t.Emit(Choose.Binary<Chooser<Sbb>>(t)));
    }

    private readonly struct Chooser<TOp> : IBinaryChooser where TOp : ICarryOperation
    {
        public static Handler For<T, TDest, TSrc>(Translator t)
            where T : unmanaged, IBinaryInteger<T> where TDest : IOperand where TSrc : IOperand =>
            t.FlagsLive ? new(&Execute<TOp, T, TDest, TSrc, Live>) : new(&Execute<TOp, T, TDest, TSrc, Dead>);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Execute<TOp, T, TDest, TSrc, TLive>(CpuState* c, Uop* u)
        where TOp : ICarryOperation where T : unmanaged, IBinaryInteger<T>
        where TDest : IOperand where TSrc : IOperand where TLive : IFlagsLive
    {
        T* src = TSrc.Read<T>(c, u);
        if (TSrc.IsMemory && src == null) return Flow.Fault(c, u);
        T* dest = TDest.Modify<T>(c, u);
        if (TDest.IsMemory && dest == null) return Flow.Fault(c, u);

        T a = *dest, b = *src, r = TOp.Compute(a, b, Flags.Carry(c) ? T.One : T.Zero);
        if (TLive.Value)
        {
            Flags.Set(c, Flags.OfResult(r)
                | (Flags.MostSignificant(TOp.Carries(a, b, r)) ? RflagsBit.CF : 0)
                | (Flags.MostSignificant(TOp.Overflows(a, b, r)) ? RflagsBit.OF : 0)
                | (Flags.Bit4(a ^ b ^ r) ? RflagsBit.AF : 0));
        }

        TDest.Put(dest, r);
        if (TDest.IsMemory && MemoryAccess.IsStaged(c, dest)) return Flow.Commit(c, u);
        return u[1].Run(c, u + 1);
    }
}
