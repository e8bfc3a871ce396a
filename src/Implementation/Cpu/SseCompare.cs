using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Iced.Intel;

namespace Implementation.Cpu;

/// <summary>The eight predicates of CMPPS and its sisters (SDM Vol. 2A, table 3-1 of "CMPPS").</summary>
internal static class Predicate
{
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

    public static bool IsUnordered<T>(T a, T b) where T : unmanaged, IBinaryFloatingPointIeee754<T> => T.IsNaN(a) || T.IsNaN(b);
}

/// <summary>CMPSS, CMPSD: all ones in the lowest element where the predicate holds, else zero.</summary>
internal readonly struct CompareScalar<T> : IVectorOperation<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static Xmm Compute(Xmm dest, T src, Control control)
    {
        Vector128<T> elements = dest.As<byte, T>();
        T mask = Predicate.Holds(elements[0], src, control.Immediate) ? Vector128<T>.AllBitsSet[0] : default;
        return elements.WithElement(0, mask).AsByte();
    }
}

/// <summary>CMPPS, CMPPD.</summary>
internal readonly struct ComparePacked<T> : IVectorOperation<Xmm> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static Xmm Compute(Xmm dest, Xmm src, Control control)
    {
        Vector128<T> a = dest.As<byte, T>(), b = src.As<byte, T>(), result = default;
        for (int i = 0; i < Vector128<T>.Count; i++)
        {
            if (Predicate.Holds(a[i], b[i], control.Immediate)) result = result.WithElement(i, Vector128<T>.AllBitsSet[0]);
        }

        return result.AsByte();
    }
}

/// <summary>Comparisons of floating-point numbers, into masks and into RFLAGS.</summary>
internal static unsafe class SseCompare
{
    public static void Register(InstructionTable table)
    {
        SseForms.Add<ComparePacked<float>>(table, Mnemonic.Cmpps);
        SseForms.Add<ComparePacked<double>>(table, Mnemonic.Cmppd);
        SseForms.Add<CompareScalar<float>, float>(table, Mnemonic.Cmpss);
        SseForms.AddBeside(table, Mnemonic.Cmpsd, SseForms.Build<CompareScalar<double>, double, Unaligned>);

        // They differ only in which NaN is an invalid operand, which is a sticky flag.
        table.Add(Mnemonic.Comiss, BuildOrder<float>, Traits.DefinesAllFlags);
        table.Add(Mnemonic.Ucomiss, BuildOrder<float>, Traits.DefinesAllFlags);
        table.Add(Mnemonic.Comisd, BuildOrder<double>, Traits.DefinesAllFlags);
        table.Add(Mnemonic.Ucomisd, BuildOrder<double>, Traits.DefinesAllFlags);
    }

    private static void BuildOrder<T>(Translator t) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        t.U->Dst = SseForms.XmmOffset(t.Instruction.Op0Register);
        t.Emit(SseForms.Source<OrderChooser<T>>(t, 1, aligned: false));
    }

    /// <summary>COMISS, UCOMISS: ZF PF CF ← 111 unordered, 000 greater, 001 less, 100 equal; OF SF AF ← 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* ExecuteOrder<T, TSrc>(CpuState* c, Uop* u)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> where TSrc : IOperand
    {
        if (!Sse.IsUsable(c)) return Sse.RaiseUnusable(c, u);
        T* src = TSrc.Read<T>(c, u);
        if (TSrc.IsMemory && src == null) return Flow.Fault(c, u);

        T a = *XmmDst.Read<T>(c, u), b = *src;
        Flags.Set(
            c,
            Predicate.IsUnordered(a, b) ? RflagsBit.ZF | RflagsBit.PF | RflagsBit.CF
            : a > b ? 0
            : a < b ? RflagsBit.CF
            : RflagsBit.ZF);
        return u[1].Run(c, u + 1);
    }

    private readonly struct OrderChooser<T> : IOperandChooser where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public static Handler For<TSrc>() where TSrc : IOperand => new(&ExecuteOrder<T, TSrc>);
    }
}
