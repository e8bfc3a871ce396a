using System.Numerics;
using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Implementation.Cpu;

/// <summary>MUL, IMUL, DIV, IDIV.</summary>
internal static unsafe class Multiplication
{
    public static void Register(InstructionTable table)
    {
        table.Add(Mnemonic.Mul, t => t.Emit(Choose.Source<WideChooser<Unsigned>>(t, 0)), Traits.Pure | Traits.DefinesAllFlags);
        table.Add(Mnemonic.Imul, BuildImul, Traits.Pure | Traits.DefinesAllFlags);
        table.Add(Mnemonic.Div, t => t.Emit(Choose.Source<DivideChooser<Unsigned>>(t, 0)), Traits.None);
        table.Add(Mnemonic.Idiv, t => t.Emit(Choose.Source<DivideChooser<Signed>>(t, 0)), Traits.None);
    }

    /// <summary>Products and quotients of 2N bits.</summary>
    private interface ISignedness
    {
        static abstract UInt128 Extend<T>(T value) where T : unmanaged, IBinaryInteger<T>;

        /// <returns>false when the quotient does not fit into <typeparamref name="T"/></returns>
        static abstract bool TryDivide<T>(UInt128 dividend, T divisor, out T quotient, out T remainder)
            where T : unmanaged, IBinaryInteger<T>;
    }

    private readonly struct Unsigned : ISignedness
    {
        public static UInt128 Extend<T>(T value) where T : unmanaged, IBinaryInteger<T> => ulong.CreateTruncating(value);

        public static bool TryDivide<T>(UInt128 dividend, T divisor, out T quotient, out T remainder)
            where T : unmanaged, IBinaryInteger<T>
        {
            (UInt128 q, UInt128 r) = UInt128.DivRem(dividend, UInt128.CreateTruncating(divisor));
            quotient = T.CreateTruncating(q);
            remainder = T.CreateTruncating(r);
            return Extend(quotient) == q;
        }
    }

    private readonly struct Signed : ISignedness
    {
        public static UInt128 Extend<T>(T value)
            where T : unmanaged, IBinaryInteger<T> => (UInt128)(Int128)Flags.SignExtend(value);

        public static bool TryDivide<T>(UInt128 dividend, T divisor, out T quotient, out T remainder)
            where T : unmanaged, IBinaryInteger<T>
        {
            int unused = 128 - 2 * sizeof(T) * 8;
            Int128 a = (Int128)(dividend << unused) >> unused, b = Flags.SignExtend(divisor);
            quotient = remainder = T.Zero;
            if (a == Int128.MinValue) return false; // Its quotient never fits, and by -1 it would overflow the host's division.
            (Int128 q, Int128 r) = Int128.DivRem(a, b);
            quotient = T.CreateTruncating(q);
            remainder = T.CreateTruncating(r);
            return Flags.SignExtend(quotient) == q;
        }
    }

    private readonly struct WideChooser<TSign> : IPlaceChooser where TSign : ISignedness
    {
        public static Handler For<T, TPlace>(Translator t) where T : unmanaged, IBinaryInteger<T> where TPlace : IOperand =>
            new(&MultiplyWide<TSign, T, TPlace>);
    }

    private readonly struct DivideChooser<TSign> : IPlaceChooser where TSign : ISignedness
    {
        public static Handler For<T, TPlace>(Translator t) where T : unmanaged, IBinaryInteger<T> where TPlace : IOperand =>
            new(&Divide<TSign, T, TPlace>);
    }

    private static void BuildImul(Translator t)
    {
        ref readonly Instruction i = ref t.Instruction;
        if (i.OpCount == 1)
        {
            t.Emit(Choose.Source<WideChooser<Signed>>(t, 0));
            return;
        }

        t.U->Dst = Translator.Offset(i.Op0Register);
        if (i.OpCount == 2)
        {
            t.Emit(Choose.Source<ImulChooser>(t, 1));
            return;
        }

        t.U->Imm = (long)i.GetImmediate(2);
        t.Emit(Choose.Source<ImulImmediateChooser>(t, 1));
    }

    private readonly struct ImulChooser : IPlaceChooser
    {
        public static Handler For<T, TPlace>(Translator t) where T : unmanaged, IBinaryInteger<T> where TPlace : IOperand =>
            t.FlagsLive ? new(&Multiply<T, TPlace, Dst, Live>) : new(&Multiply<T, TPlace, Dst, Dead>);
    }

    private readonly struct ImulImmediateChooser : IPlaceChooser
    {
        public static Handler For<T, TPlace>(Translator t) where T : unmanaged, IBinaryInteger<T> where TPlace : IOperand =>
            t.FlagsLive ? new(&Multiply<T, TPlace, Imm, Live>) : new(&Multiply<T, TPlace, Imm, Dead>);
    }

    /// <summary>IMUL of two or three operands: CF = OF = whether the product was cut; SF, ZF, PF as of the result.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Multiply<T, TSrc, TOther, TLive>(CpuState* c, Uop* u)
        where T : unmanaged, IBinaryInteger<T> where TSrc : IOperand where TOther : IOperand where TLive : IFlagsLive
    {
        T* src = TSrc.Read<T>(c, u);
        if (TSrc.IsMemory && src == null) return Flow.Fault(c, u);
        T a = *TOther.Read<T>(c, u), b = *src, r = unchecked(a * b);
        if (TLive.Value)
        {
            T cut = IsCut(a, b, r) ? T.One : T.Zero;
            Flags.Record<Shifted, T>(c, cut, cut, r);
        }

        Dst.Put(Dst.Modify<T>(c, u), r);
        return u[1].Run(c, u + 1);
    }

    private static bool IsCut<T>(T a, T b, T r) where T : unmanaged, IBinaryInteger<T>
    {
        if (sizeof(T) < 8) return Flags.SignExtend(a) * Flags.SignExtend(b) != Flags.SignExtend(r);
        long low = unchecked(Flags.SignExtend(a) * Flags.SignExtend(b));
        return Math.BigMul(Flags.SignExtend(a), Flags.SignExtend(b)) != low;
    }

    /// <summary>MUL and one-operand IMUL: xDX:xAX ← xAX × SRC (AX for bytes).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* MultiplyWide<TSign, T, TSrc>(CpuState* c, Uop* u)
        where TSign : ISignedness where T : unmanaged, IBinaryInteger<T> where TSrc : IOperand
    {
        T* src = TSrc.Read<T>(c, u);
        if (TSrc.IsMemory && src == null) return Flow.Fault(c, u);
        T* low = (T*)&c->R[(int)Gpr.Rax];
        UInt128 product = unchecked(TSign.Extend(*low) * TSign.Extend(*src));
        T r = T.CreateTruncating(product);
        T cut = TSign.Extend(r) != product ? T.One : T.Zero;
        Flags.Record<Shifted, T>(c, cut, cut, r);
        if (sizeof(T) == 1)
        {
            *(ushort*)low = (ushort)product;
        }
        else
        {
            Dst.Put(low, r);
            Dst.Put((T*)&c->R[(int)Gpr.Rdx], T.CreateTruncating(product >> (sizeof(T) * 8)));
        }

        return u[1].Run(c, u + 1);
    }

    /// <summary>DIV and IDIV: #DE for a zero divisor or a quotient that does not fit; flags are undefined and kept.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Divide<TSign, T, TSrc>(CpuState* c, Uop* u)
        where TSign : ISignedness where T : unmanaged, IBinaryInteger<T> where TSrc : IOperand
    {
        T* src = TSrc.Read<T>(c, u);
        if (TSrc.IsMemory && src == null) return Flow.Fault(c, u);
        if (!TryDivide<TSign, T>(c, *src)) return Flow.Raise(c, u, Vector.DE, 0);
        return u[1].Run(c, u + 1);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static bool TryDivide<TSign, T>(CpuState* c, T divisor)
        where TSign : ISignedness where T : unmanaged, IBinaryInteger<T>
    {
        if (T.IsZero(divisor)) return false;
        T* low = (T*)&c->R[(int)Gpr.Rax], high = (T*)(sizeof(T) == 1 ? (byte*)low + 1 : (byte*)&c->R[(int)Gpr.Rdx]);
        UInt128 dividend = UInt128.CreateTruncating(*high) << (sizeof(T) * 8) | UInt128.CreateTruncating(*low);
        if (!TSign.TryDivide(dividend, divisor, out T quotient, out T remainder)) return false;
        Dst.Put(low, quotient);
        Dst.Put(high, remainder);
        return true;
    }
}
