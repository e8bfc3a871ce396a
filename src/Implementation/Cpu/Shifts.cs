using System.Numerics;
using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Implementation.Cpu;

/// <summary>SHL, SHR or SAR by a masked count that is not zero.</summary>
internal interface IShift
{
    static abstract T Compute<T>(T dest, int count) where T : unmanaged, IBinaryInteger<T>;

    /// <summary>CF: the last bit shifted out.</summary>
    static abstract bool Carry<T>(T dest, int count) where T : unmanaged, IBinaryInteger<T>;

    /// <summary>OF, defined for a count of 1 and computed the same way for others.</summary>
    static abstract bool Overflow<T>(T dest, T result, bool carry) where T : unmanaged, IBinaryInteger<T>;
}

/// <summary>SHL (and SAL).</summary>
internal readonly unsafe struct Shl : IShift
{
    public static T Compute<T>(T dest, int count) where T : unmanaged, IBinaryInteger<T> =>
        sizeof(T) == 8 ? dest << count : T.CreateTruncating(ulong.CreateTruncating(dest) << count);

    /// <summary>For a count above the width the SDM leaves CF undefined; zeros are shifted out.</summary>
    public static bool Carry<T>(T dest, int count) where T : unmanaged, IBinaryInteger<T> =>
        count <= sizeof(T) * 8 && (ulong.CreateTruncating(dest) >> (sizeof(T) * 8 - count) & 1) != 0;

    public static bool Overflow<T>(T dest, T result, bool carry) where T : unmanaged, IBinaryInteger<T> =>
        Flags.MostSignificant(result) != carry;
}

/// <summary>SHR.</summary>
internal readonly struct Shr : IShift
{
    public static T Compute<T>(T dest, int count) where T : unmanaged, IBinaryInteger<T> =>
        T.CreateTruncating(ulong.CreateTruncating(dest) >> count);

    public static bool Carry<T>(T dest, int count) where T : unmanaged, IBinaryInteger<T> =>
        (ulong.CreateTruncating(dest) >> (count - 1) & 1) != 0;

    public static bool Overflow<T>(T dest, T result, bool carry) where T : unmanaged, IBinaryInteger<T> =>
        Flags.MostSignificant(dest);
}

/// <summary>SAR.</summary>
internal readonly struct Sar : IShift
{
    public static T Compute<T>(T dest, int count) where T : unmanaged, IBinaryInteger<T> =>
        T.CreateTruncating(Flags.SignExtend(dest) >> count);

    public static bool Carry<T>(T dest, int count) where T : unmanaged, IBinaryInteger<T> =>
        (Flags.SignExtend(dest) >> (count - 1) & 1) != 0;

    public static bool Overflow<T>(T dest, T result, bool carry) where T : unmanaged, IBinaryInteger<T> => false;
}

/// <summary>Where a shift's count comes from.</summary>
internal unsafe interface ICount
{
    static abstract bool MayBeZero { get; }

    /// <summary>The count modulo 64 for 64-bit operands, modulo 32 for others (SDM, "SAL/SAR/SHL/SHR").</summary>
    static abstract int Get<T>(CpuState* c, Uop* u) where T : unmanaged;
}

internal readonly unsafe struct CountImmediate : ICount
{
    public static bool MayBeZero => false;

    public static int Get<T>(CpuState* c, Uop* u) where T : unmanaged => (int)u->Imm;
}

internal readonly unsafe struct CountCl : ICount
{
    public static bool MayBeZero => true;

    public static int Get<T>(CpuState* c, Uop* u) where T : unmanaged => (int)c->R[(int)Gpr.Rcx] & (sizeof(T) == 8 ? 63 : 31);
}

/// <summary>SHL, SAL, SHR, SAR.</summary>
internal static unsafe class Shifts
{
    public static void Register(InstructionTable table)
    {
        table.Add(Mnemonic.Shl, Build<Shl>, Traits.Pure | Traits.DefinesAllFlags | Traits.MayKeepFlagsByCount);
        table.Add(Mnemonic.Sal, Build<Shl>, Traits.Pure | Traits.DefinesAllFlags | Traits.MayKeepFlagsByCount);
        table.Add(Mnemonic.Shr, Build<Shr>, Traits.Pure | Traits.DefinesAllFlags | Traits.MayKeepFlagsByCount);
        table.Add(Mnemonic.Sar, Build<Sar>, Traits.Pure | Traits.DefinesAllFlags | Traits.MayKeepFlagsByCount);
        Rotates.Register(table);
        DoubleShifts.Register(table);
    }

    /// <summary>The count of an immediate form as hardware masks it, or -1 where it is in CL.</summary>
    public static int ImmediateCount(in Instruction i, int operandBytes, int countOperand = 1)
    {
        if (i.GetOpKind(countOperand) == OpKind.Register) return -1;
        return (int)i.GetImmediate(countOperand) & (operandBytes == 8 ? 63 : 31);
    }

    private static void Build<TShift>(Translator t) where TShift : IShift
    {
        int count = ImmediateCount(t.Instruction, t.OperandBytes(0));
        t.U->Imm = count;
        t.Emit(count switch
        {
            -1 => Choose.Place<Chooser<TShift, CountCl>>(t),
            0 => Choose.Place<ZeroCountChooser>(t),
            _ => Choose.Place<Chooser<TShift, CountImmediate>>(t),
        });
    }

    private readonly struct Chooser<TShift, TCount> : IPlaceChooser where TShift : IShift where TCount : ICount
    {
        public static Handler For<T, TPlace>(Translator t) where T : unmanaged, IBinaryInteger<T> where TPlace : IOperand =>
            t.FlagsLive ? new(&Execute<TShift, TCount, T, TPlace, Live>) : new(&Execute<TShift, TCount, T, TPlace, Dead>);
    }

    public readonly struct ZeroCountChooser : IPlaceChooser
    {
        public static Handler For<T, TPlace>(Translator t) where T : unmanaged, IBinaryInteger<T> where TPlace : IOperand =>
            new(&Rewrite<T, TPlace>);
    }

    /// <summary>A shift by zero: the destination is written with itself (a 32-bit register still loses its upper half).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Rewrite<T, TPlace>(CpuState* c, Uop* u) where T : unmanaged where TPlace : IOperand
    {
        T* place = TPlace.Modify<T>(c, u);
        if (TPlace.IsMemory && place == null) return Flow.Fault(c, u);
        TPlace.Put(place, *place);
        return u[1].Run(c, u + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Execute<TShift, TCount, T, TPlace, TLive>(CpuState* c, Uop* u)
        where TShift : IShift where TCount : ICount where T : unmanaged, IBinaryInteger<T>
        where TPlace : IOperand where TLive : IFlagsLive
    {
        T* place = TPlace.Modify<T>(c, u);
        if (TPlace.IsMemory && place == null) return Flow.Fault(c, u);
        int count = TCount.Get<T>(c, u);
        T a = *place;
        if (TCount.MayBeZero && count == 0)
        {
            TPlace.Put(place, a);
            return u[1].Run(c, u + 1);
        }

        T r = TShift.Compute(a, count);
        if (TLive.Value)
        {
            bool carry = TShift.Carry(a, count);
            T overflow = TShift.Overflow(a, r, carry) ? T.One : T.Zero;
            Flags.Record<Shifted, T>(c, carry ? T.One : T.Zero, overflow, r);
        }

        TPlace.Put(place, r);
        if (TPlace.IsMemory && MemoryAccess.IsStaged(c, place)) return Flow.Commit(c, u);
        return u[1].Run(c, u + 1);
    }
}
