using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Iced.Intel;

namespace Implementation.Cpu;

/// <summary>The eight predicates of CMPPS and its sisters (SDM Vol. 2A, table 3-1 of "CMPPS").</summary>
internal static class Predicate
{
    public static bool Holds<T>(T a, T b, byte predicate, FloatEnvironment environment)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (a, b) = FloatComparison.Prepare(a, b, environment, IsOrder(predicate));
        return Holds(a, b, predicate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Holds<T>(T a, T b, byte predicate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => (predicate & 7) switch
        {
            0 => a == b,
            1 => a < b,
            2 => a <= b,
            3 => IsUnordered(a, b),
            4 => a != b,
            5 => !(a < b),
            6 => !(a <= b),
            _ => !IsUnordered(a, b),
        };

    /// <summary>Whether a quiet NaN is an invalid operand: in the predicates of order.</summary>
    public static bool IsOrder(byte predicate) => (predicate & 3) is 1 or 2;

    public static bool IsUnordered<T>(T a, T b) where T : unmanaged, IBinaryFloatingPointIeee754<T> => T.IsNaN(a) || T.IsNaN(b);
}

/// <summary>CMPSS, CMPSD: all ones in the lowest element where the predicate holds, else zero.</summary>
internal readonly struct CompareScalar<T> : IFloatVectorOperation<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static bool IsComparison => true;

    public static Xmm Compute(Xmm dest, T src, Control control, FloatEnvironment environment)
    {
        Vector128<T> elements = dest.As<byte, T>();
        T mask = Predicate.Holds(elements[0], src, control.Immediate, environment) ? Vector128<T>.AllBitsSet[0] : default;
        return elements.WithElement(0, mask).AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryUsual(Xmm dest, T src, Control control, out Xmm result)
    {
        Vector128<T> elements = dest.As<byte, T>();
        T mask = Predicate.Holds(elements[0], src, control.Immediate) ? Vector128<T>.AllBitsSet[0] : default;
        result = elements.WithElement(0, mask).AsByte();
        return !FloatComparison.NeedsCare(elements[0], src);
    }
}

/// <summary>CMPPS, CMPPD.</summary>
internal readonly struct ComparePacked<T> : IFloatVectorOperation<Xmm> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static bool IsComparison => true;

    public static Xmm Compute(Xmm dest, Xmm src, Control control, FloatEnvironment environment)
    {
        Vector128<T> a = dest.As<byte, T>(), b = src.As<byte, T>(), result = default;
        for (int i = 0; i < Vector128<T>.Count; i++)
        {
            if (Predicate.Holds(a[i], b[i], control.Immediate, environment)) result = result.WithElement(i, Vector128<T>.AllBitsSet[0]);
        }

        return result.AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryUsual(Xmm dest, Xmm src, Control control, out Xmm result)
    {
        Vector128<T> a = dest.As<byte, T>(), b = src.As<byte, T>();
        Vector128<T> mask = (control.Immediate & 3) switch
        {
            0 => Vector128.Equals(a, b),
            1 => Vector128.LessThan(a, b),
            2 => Vector128.LessThanOrEqual(a, b),
            _ => Vector128<T>.Zero, // Unordered, which wants care.
        };
        result = ((control.Immediate & 4) != 0 ? ~mask : mask).AsByte();
        return !FloatComparison.NeedsCare(a, b);
    }
}

/// <summary>Comparisons of floating-point numbers, into masks and into RFLAGS.</summary>
internal static unsafe class SseCompare
{
    public static void Register(InstructionTable table)
    {
        SseForms.AddFloat<ComparePacked<float>>(table, Mnemonic.Cmpps);
        SseForms.AddFloat<ComparePacked<double>>(table, Mnemonic.Cmppd);
        SseForms.AddFloat<CompareScalar<float>, float>(table, Mnemonic.Cmpss);
        SseForms.AddBeside(table, Mnemonic.Cmpsd, SseForms.BuildFloat<CompareScalar<double>, double, Unaligned>);

        table.Add(Mnemonic.Comiss, BuildOrder<float, Ordered>, Traits.DefinesAllFlags);
        table.Add(Mnemonic.Ucomiss, BuildOrder<float, Unordered>, Traits.DefinesAllFlags);
        table.Add(Mnemonic.Comisd, BuildOrder<double, Ordered>, Traits.DefinesAllFlags);
        table.Add(Mnemonic.Ucomisd, BuildOrder<double, Unordered>, Traits.DefinesAllFlags);
    }

    private static void BuildOrder<T, TNans>(Translator t)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> where TNans : INans
    {
        t.U->Dst = SseForms.XmmOffset(t.Instruction.Op0Register);
        t.Emit(SseForms.Source<OrderChooser<T, TNans>>(t, 1, aligned: false));
    }

    /// <summary>COMISS, UCOMISS: ZF PF CF ← 111 unordered, 000 greater, 001 less, 100 equal; OF SF AF ← 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* ExecuteOrder<T, TNans, TSrc>(CpuState* c, Uop* u)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> where TNans : INans where TSrc : IOperand
    {
        if (!Sse.IsUsable(c)) return Sse.RaiseUnusable(c, u);
        T* src = TSrc.Read<T>(c, u);
        if (TSrc.IsMemory && src == null) return Flow.Fault(c, u);

        T a = *XmmDst.Read<T>(c, u), b = *src;
        if (FloatComparison.NeedsCare(a, b)) return OrderWithCare<T, TNans>(c, u, src);
        Flags.Set(c, (a < b ? RflagsBit.CF : 0) | (a == b ? RflagsBit.ZF : 0)); // Neither is a NaN.
        return u[1].Run(c, u + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* OrderWithCare<T, TNans>(CpuState* c, Uop* u, T* src)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> where TNans : INans
    {
        if (!TryOrder<T, TNans>(c, u, src)) return Flow.Fault(c, u);
        return u[1].Run(c, u + 1);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryOrder<T, TNans>(CpuState* c, Uop* u, T* src)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> where TNans : INans
    {
        (T a, T b) = FloatComparison.Prepare(*XmmDst.Read<T>(c, u), *src, new(c), TNans.QuietIsInvalid);
        if (!FloatEnvironment.Settle(c)) return false;
        SetFlags(c, a, b);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SetFlags<T>(CpuState* c, T a, T b) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Flags.Set(
            c,
            Predicate.IsUnordered(a, b) ? RflagsBit.ZF | RflagsBit.PF | RflagsBit.CF
            : a > b ? 0
            : a < b ? RflagsBit.CF
            : RflagsBit.ZF);

    private readonly struct OrderChooser<T, TNans> : IOperandChooser
        where T : unmanaged, IBinaryFloatingPointIeee754<T> where TNans : INans
    {
        public static Handler For<TSrc>() where TSrc : IOperand => new(&ExecuteOrder<T, TNans, TSrc>);
    }

    /// <summary>In what COMISS and UCOMISS differ.</summary>
    private interface INans
    {
        static abstract bool QuietIsInvalid { get; }
    }

    private readonly struct Ordered : INans
    {
        public static bool QuietIsInvalid => true;
    }

    private readonly struct Unordered : INans
    {
        public static bool QuietIsInvalid => false;
    }
}
